using Locks.Coordinator.PostgreSql;
using Xunit;

namespace Locks.Storage.Tests;

public sealed class PostgreSqlErrorsTests
{
#pragma warning disable CA2201 // A bare exception is what Npgsql throws.
    private readonly Exception _notUnderstood = new("Received unexpected backend message DataRow. Please file a bug.");
    private readonly Exception _anything = new("Please file a bug.");
#pragma warning restore CA2201

    /// <summary>The connection is gone and it is unknown what was written: the request must be tried again, not given up.</summary>
    [Fact]
    public void AnAnswerThatNpgsqlDidNotUnderstand_MayPass()
    {
        Assert.True(PostgreSqlErrors.MayPass(_notUnderstood, out var unavailable));
        Assert.Same(_notUnderstood, unavailable.InnerException);
    }

    [Fact]
    public void WhatOnlyLooksLikeIt_IsADefect()
    {
        Assert.False(PostgreSqlErrors.MayPass(_anything, out _));
        Assert.False(PostgreSqlErrors.MayPass(new InvalidOperationException(_notUnderstood.Message), out _));
    }
}
