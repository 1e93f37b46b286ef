using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Locks.Storage.Tests.Issues;

/// <summary>
/// A statement with a parameter needs an assembly (Microsoft.SqlServer.Server) that a build without it does not miss until then: no lock could
/// be granted on any SQL Server, while the migration and the readiness check, which sent no parameter, were green.
/// </summary>
public sealed class ParameterisedStatementsTests
{
    [Fact]
    public async Task AStatementWithAParameter_GetsToTheServer()
    {
        await using var server = new FakeSqlServer();
        await using var provider = Coordinator(server);

        var overdue = await provider.GetRequiredService<ILockStore>().FindOverdueAsync(DateTimeOffset.UnixEpoch, 1, CancellationToken.None);

        Assert.Empty(overdue);
        Assert.Equal([FakeSqlServer.RemoteProcedureCall], server.Requests);
    }

    [Fact]
    public async Task TheReadinessCheck_SendsAParameter_LikeTheStatementsThatItSpeaksFor()
    {
        await using var server = new FakeSqlServer();
        await using var provider = Coordinator(server);

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "locks-store");

        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal([FakeSqlServer.RemoteProcedureCall], server.Requests);
    }

    private static ServiceProvider Coordinator(FakeSqlServer server)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddLockCoordinator().UseSqlServer(server.ConnectionString);
        return services.BuildServiceProvider();
    }
}
