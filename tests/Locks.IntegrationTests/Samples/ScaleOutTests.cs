using Locks.IntegrationTests.Storage;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>Workers that are processes, one of which is killed: samples/ScaleOut.</summary>
public sealed class ScaleOutTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    [Fact]
    public async Task WhenAWorkerIsKilled_EveryItemIsDoneOnce()
    {
        var run = await CommandOverServers.RunAsync("ScaleOut", database, "--workers", "2", "--items", "20");

        Assert.Matches(@"worker \d: killing process \d+", run.Errors);
        Assert.Equal("items=60 done=60 duplicates=0 kills=1", run.LastLine);
        Assert.Equal(0, run.ExitCode);
    }
}
