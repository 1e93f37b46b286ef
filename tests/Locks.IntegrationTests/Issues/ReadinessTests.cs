using Locks.Coordinator.PostgreSql;
using Locks.Coordinator.Storage;
using Locks.IntegrationTests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>Readiness read a constant, and so was green on a standby and for a role without rights, where no lock can be granted.</summary>
public sealed class ReadinessTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>, IAsyncLifetime
{
    private readonly string _role = $"role_{Guid.CreateVersion7():N}";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var services = Provide(database.ConnectionString);
        await services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel);
        await database.ExecuteAsync($"CREATE ROLE {_role} LOGIN");
        await database.ExecuteAsync($"GRANT USAGE ON SCHEMA locks TO {_role}; GRANT SELECT ON ALL TABLES IN SCHEMA locks TO {_role}");
    }

    public async ValueTask DisposeAsync() => await database.ExecuteAsync($"DROP OWNED BY {_role}; DROP ROLE {_role}");

    [Fact]
    public async Task ItDoesWhatAGrantDoes()
    {
        await using var services = Provide(database.ConnectionString + ";Maximum Pool Size=1");

        var health = await HealthAsync(services);

        Assert.Equal(HealthStatus.Healthy, health.Status);
        await using var prepared = services.GetRequiredService<PostgreSqlDatabase>().Commands.CreateCommand(
            "SELECT statement FROM pg_prepared_statements");
        var statements = new List<string>();
        await using (var reader = await prepared.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel))
                statements.Add(reader.GetString(0));
        }

        Assert.Contains(PostgreSqlStatements.Load, statements);
        Assert.Contains(PostgreSqlStatements.CommitOnLeases, statements);
        Assert.Equal(0L, await database.ExecuteAsync("SELECT count(*) FROM locks.locks"));
    }

    [Theory]
    [InlineData("INSERT", "locks")]
    [InlineData("UPDATE", "locks")]
    [InlineData("DELETE", "lock_waiters")]
    [InlineData("UPDATE", "leases")]
    public async Task ARightThatIsMissing_IsNamed(string right, string table)
    {
        await database.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA locks TO {_role}");
        await using var services = Provide(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = _role }.ConnectionString);
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(services)).Status);

        await database.ExecuteAsync($"REVOKE {right} ON locks.{table} FROM {_role}");

        var health = await HealthAsync(services);
        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains($"table {table}", health.Description, StringComparison.Ordinal);
        Assert.Contains("The role needs", health.Description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ADatabaseThatTakesNoWrites_IsNamed()
    {
        await database.ExecuteAsync($"ALTER ROLE {_role} SET default_transaction_read_only = on");
        await database.ExecuteAsync($"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA locks TO {_role}");
        await using var services = Provide(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Username = _role }.ConnectionString);

        var health = await HealthAsync(services);

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("takes no writes", health.Description, StringComparison.Ordinal);
    }

    private static ServiceProvider Provide(string connectionString) =>
        StoreUnderTest.Provide(builder => builder.UsePostgreSql(connectionString));

    private static async Task<HealthReportEntry> HealthAsync(ServiceProvider services)
    {
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "locks-store", Cancel);
        return report.Entries["locks-store"];
    }
}
