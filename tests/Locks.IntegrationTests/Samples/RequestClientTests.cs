using Locks.IntegrationTests.Storage;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>Callers without the client library, over a broker: samples/RequestClient.</summary>
public sealed class RequestClientTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    [Fact]
    public async Task Callers_AcquireWaitRenewAndRelease_WithTheRequestClientAlone()
    {
        var run = await CommandOverServers.RunAsync("RequestClient", database);

        Assert.Equal("grants=2 repeats=1 denied=1 refused=1", run.LastLine);
        Assert.Equal(0, run.ExitCode);
    }
}
