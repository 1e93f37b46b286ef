using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;
using static Locks.Compliance.SampleLocks;

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
    public async Task ValuesOfEveryType_GetToTheServer()
    {
        await using var server = new FakeSqlServer();
        await using var provider = Coordinator(server);
        var store = provider.GetRequiredService<ILockStore>();
        var held = Held() with { Ended = Ended(3) };

        await store.CommitAsync([Update(1, held)], CancellationToken.None);
        await store.CommitAsync([Update(1, Free())], CancellationToken.None);
        await store.CommitAsync([Update(1, held, [Waiter(2)], [1])], CancellationToken.None);
        await store.CommitAsync([Insert(held), Insert(Free())], CancellationToken.None);

        Assert.Equal(Enumerable.Repeat(FakeSqlServer.RemoteProcedureCall, 4), server.Requests);
    }

    [Fact]
    public async Task TheReadinessCheck_DoesWhatAGrantDoes()
    {
        await using var server = new FakeSqlServer();
        await using var provider = Coordinator(server);

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "locks-store");

        Assert.Equal(HealthStatus.Healthy, report.Status);
        Assert.Equal([FakeSqlServer.RemoteProcedureCall, FakeSqlServer.RemoteProcedureCall], server.Requests);
        Assert.Equal(1, server.Count("INSERT INTO locks.locks"));
    }

    private static ServiceProvider Coordinator(FakeSqlServer server)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddLockCoordinator().UseSqlServer(server.ConnectionString);
        return services.BuildServiceProvider();
    }
}
