using Locks.IntegrationTests.Storage;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>The background service of reference 003 on instances that are processes: samples/OrderProcessing.</summary>
public sealed class OrderProcessingTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    [Fact]
    public async Task Orders_AreProcessedByOneProcessAtATime()
    {
        var run = await CommandOverServers.RunAsync("OrderProcessing", database, "--instances", "2");

        Assert.Equal("orders=100 processed=100 twice=0 together=0", run.LastLine);
        Assert.Equal(0, run.ExitCode);
    }
}
