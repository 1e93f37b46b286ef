using Locks.IntegrationTests.Storage;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>A job on several instances that are processes: samples/NightlyJob.</summary>
public sealed class NightlyJobTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    [Fact]
    public async Task WhatAKilledInstanceLeaves_IsResumedByAnother()
    {
        var run = await CommandOverServers.RunAsync("NightlyJob", database, "--instances", "2", "--due", "3");

        Assert.Matches(@"instance \d: killing process \d+", run.Errors);
        Assert.StartsWith("due=3 done=3 duplicates=0 resumed=", run.LastLine, StringComparison.Ordinal);
        Assert.DoesNotContain("resumed=0", run.LastLine, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }
}
