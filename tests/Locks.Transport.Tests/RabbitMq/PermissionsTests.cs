using Locks.TestKit;
using Locks.Transport.RabbitMq;
using Xunit;

namespace Locks.Transport.Tests.RabbitMq;

public sealed class PermissionsTests
{
    [Fact]
    public void ThePermissions_AreThoseOfTheDocs()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/operations.md"));

        foreach (var role in Enum.GetValues<LockRole>())
        {
            var (configure, write, read) = Permissions.Of(role, "locks");
            Assert.Contains($"rabbitmqctl set_permissions -p VHOST USER '{configure}' '{write}' '{read}'\n", page, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(LockRole.Client, "m_p_locks-client_1")]
    [InlineData(LockRole.Client, "m_p_locks-client_1-batches")]
    [InlineData(LockRole.Coordinator, "locks")]
    [InlineData(LockRole.Coordinator, "locks-63")]
    [InlineData(LockRole.Coordinator, "locks_error")]
    public void WhatARoleReads_IsIncluded(object role, string name) => Assert.Matches(Permissions.Of((LockRole)role, "locks").Read, name);

    [Theory]
    [InlineData("locks")]
    [InlineData("locks-0")]
    [InlineData("locks-queries")]
    [InlineData("locks_error")]
    [InlineData("Locks.Contracts:AcquireLock")]
    public void RequestsOfOthers_AreNotReadByAClient(string name) =>
        Assert.DoesNotMatch(Permissions.Of(LockRole.Client, "locks").Read, name);

    [Fact]
    public void AQueueNameOfDots_IsMeantAsItIs() => Assert.DoesNotMatch(Permissions.Of(LockRole.Client, "my.locks").Write, "mydlocks");
}
