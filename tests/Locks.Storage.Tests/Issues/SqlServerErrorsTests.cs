using Locks.Coordinator.SqlServer;
using Locks.Coordinator.Storage;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Locks.Storage.Tests.Issues;

/// <summary>Errors that never pass were retried for ever, and a database of an old level was said to lack its tables.</summary>
public sealed class SqlServerErrorsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(208, "run the migration")] // no such table
    [InlineData(207, "run the migration")] // no such column
    [InlineData(1205, "error 1205")] // deadlock victim
    [InlineData(1807, "error 1807")] // another CREATE DATABASE
    [InlineData(4060, "error 4060")] // no such database
    [InlineData(3906, "takes no writes")] // read-only
    [InlineData(-2, "did not answer in time")]
    [InlineData(2627, null)] // primary key
    [InlineData(102, null)] // syntax
    [InlineData(319, null)] // syntax near WITH
    [InlineData(308, null)] // no such index
    [InlineData(8622, null)] // no plan with these hints
    [InlineData(1934, null)] // settings that filtered indexes do not allow
    public void Errors_AreWhatMayPassOrDefects(int error, string? says)
    {
        if (says is null)
            Assert.Null(SqlServerErrors.Explain(error));
        else
            Assert.Contains(says, SqlServerErrors.Explain(error), StringComparison.Ordinal);
    }

    /// <summary>Whatever its number: the text of a statement does not get better by itself.</summary>
    [Fact]
    public async Task AnErrorInTheTextOfAStatement_IsADefect()
    {
        await using var server = new FakeSqlServer();
        await using var services = Provide(server);
        server.Answer(FakeSqlServer.RemoteProcedureCall, "OPENJSON", FakeSqlServer.Error(46010, severity: 15, "Incorrect syntax."));

        await Assert.ThrowsAsync<SqlException>(() => services.GetRequiredService<ILockStore>().LoadAsync([Guid.CreateVersion7()], Cancel));
    }

    [Fact]
    public async Task ALevelThatIsTooLow_IsNamedByReadiness_WithTheRemedy()
    {
        await using var server = new FakeSqlServer();
        await using var services = Provide(server);
        server.Answer(FakeSqlServer.RemoteProcedureCall, "OPENJSON", FakeSqlServer.Error(208, severity: 16, "Invalid object name 'OPENJSON'."));

        var health = await HealthAsync(services);

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("COMPATIBILITY_LEVEL = 130", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARightThatIsMissing_IsNamedByReadiness()
    {
        await using var server = new FakeSqlServer();
        await using var services = Provide(server);
        server.Answer(
            FakeSqlServer.RemoteProcedureCall, "UPDATE", FakeSqlServer.Error(229, severity: 14, "The UPDATE permission was denied on the object 'locks'."));

        var health = await HealthAsync(services);

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("The UPDATE permission was denied on the object 'locks'", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALevelThatIsTooLow_StopsTheMigration_BeforeItChangesAnything()
    {
        await using var server = new FakeSqlServer();
        await using var services = Provide(server);
        server.Answer(FakeSqlServer.RemoteProcedureCall, "compatibility_level", FakeSqlServer.Number(120));

        var tooLow = await Assert.ThrowsAsync<LockStoreUnavailableException>(
            () => services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel));

        Assert.Contains("COMPATIBILITY_LEVEL = 130", tooLow.Message, StringComparison.Ordinal);
        Assert.Contains("It is 120", tooLow.Message, StringComparison.Ordinal);
        Assert.Equal(0, server.Count("CREATE TABLE"));
    }

    [Fact]
    public async Task ADatabaseThatCannotBeMadeJustNow_IsMadeAMomentLater()
    {
        await using var server = new FakeSqlServer();
        await using var services = Provide(server);
        var missing = FakeSqlServer.Error(4060, severity: 11, "Cannot open database \"Locks\" requested by the login.");
        server.Answer(FakeSqlServer.Login, "Locks", missing, missing);
        server.Answer(FakeSqlServer.Batch, "CREATE DATABASE", FakeSqlServer.Error(1807, severity: 16, "Could not obtain exclusive lock on database 'model'."));
        server.Answer(FakeSqlServer.RemoteProcedureCall, "compatibility_level", FakeSqlServer.Number(120));

        var tooLow = await Assert.ThrowsAsync<LockStoreUnavailableException>(
            () => services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel));

        Assert.Contains("COMPATIBILITY_LEVEL", tooLow.Message, StringComparison.Ordinal);
        Assert.Equal(2, server.Count("CREATE DATABASE"));
    }

    private static ServiceProvider Provide(FakeSqlServer server)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddLockCoordinator().UseSqlServer(server.ConnectionString);
        return services.BuildServiceProvider();
    }

    private static async Task<HealthReportEntry> HealthAsync(ServiceProvider services)
    {
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "locks-store", Cancel);
        return report.Entries["locks-store"];
    }
}
