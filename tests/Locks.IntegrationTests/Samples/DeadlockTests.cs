using Locks.IntegrationTests.Storage;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>A deadlock that the coordinator tells and ends, over a broker: samples/Deadlock.</summary>
public sealed class DeadlockTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    [Fact]
    public async Task LocksAcquiredOneByOne_Deadlock_AndTogetherDoNot()
    {
        var run = await CommandOverServers.RunAsync("Deadlock", database);

        Assert.Equal("transfers=8 deadlocks=2 deadlocks_together=0 total=200", run.LastLine);
        Assert.Equal(0, run.ExitCode);
    }
}
