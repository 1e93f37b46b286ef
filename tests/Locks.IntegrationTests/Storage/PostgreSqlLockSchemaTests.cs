using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Xunit;
using static Locks.Compliance.SampleLeases;
using static Locks.Compliance.SampleLocks;

namespace Locks.IntegrationTests.Storage;

public sealed class PostgreSqlLockSchemaTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Migrate_BySeveralAtOnce_MakesTheTablesOnce()
    {
        for (var round = 0; round < 3; round++)
        {
            await database.ExecuteAsync("DROP SCHEMA IF EXISTS locks CASCADE");

            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                await using var services = Provide(database.ConnectionString);
                await services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel);
            }, Cancel)));

            Assert.Equal(1L, await database.ExecuteAsync("SELECT count(*) FROM locks.schema_migrations"));
        }
    }

    [Fact]
    public async Task Migrate_BySeveralAtOnce_WhereTheDatabaseIsMissing_MakesItOnce()
    {
        var missing = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        missing.Database += "_c";
        try
        {
            await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
            {
                await using var services = Provide(missing.ConnectionString);
                await services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel);
            }, Cancel)));
        }
        finally
        {
            await database.ExecuteAsync($"DROP DATABASE IF EXISTS {missing.Database} WITH (FORCE)");
        }
    }

    [Fact]
    public async Task IsCurrent_TellsATableThatIsMissing()
    {
        await database.ExecuteAsync("DROP SCHEMA IF EXISTS locks CASCADE");
        await using var services = Provide(database.ConnectionString);
        var schema = services.GetRequiredService<ILockSchema>();

        Assert.False(await schema.IsCurrentAsync(Cancel));
        var missing = await Assert.ThrowsAsync<LockStoreUnavailableException>(
            () => services.GetRequiredService<ILockStore>().CommitAsync([Insert(Free())], Cancel));
        Assert.Contains("run the migration", missing.Message, StringComparison.Ordinal);

        await schema.MigrateAsync(Cancel);
        Assert.True(await schema.IsCurrentAsync(Cancel));
        await schema.MigrateAsync(Cancel);
        Assert.Empty(await services.GetRequiredService<ILockStore>().CommitAsync([Insert(Free())], Cancel));
    }

    [Fact]
    public async Task Migrate_MakesTheDatabase_WhereItIsMissing()
    {
        var missing = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        missing.Database += "_b";
        try
        {
            await using var services = Provide(missing.ConnectionString);
            var schema = services.GetRequiredService<ILockSchema>();
            Assert.False(await schema.IsCurrentAsync(Cancel));

            await schema.MigrateAsync(Cancel);

            Assert.True(await schema.IsCurrentAsync(Cancel));
        }
        finally
        {
            await database.ExecuteAsync($"DROP DATABASE IF EXISTS {missing.Database} WITH (FORCE)");
        }
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=someone;Password=s3cret;Timeout=2")]
    [InlineData("Host=no-such-host.invalid;Username=someone;Password=s3cret;Timeout=2")]
    public async Task AServerThatIsNotThere_IsUnavailable(string connectionString)
    {
        await using var services = Provide(connectionString);
        var store = services.GetRequiredService<ILockStore>();
        var schema = services.GetRequiredService<ILockSchema>();

        Func<Task>[] operations =
        [
            () => store.LoadAsync([Guid.CreateVersion7()], Cancel),
            () => store.CommitAsync([Insert(Free())], Cancel),
            () => store.FindOverdueAsync(Now, 1, Cancel),
            () => store.PurgeIdleAsync(Now, 1, Cancel),
            () => store.Leases.LoadAsync([Guid.CreateVersion7()], Cancel),
            () => store.Leases.CommitAsync([InsertLease(Active())], Cancel),
            () => store.Leases.FindLocksAsync(Guid.CreateVersion7(), 1, Cancel),
            () => store.Leases.CountLocksAsync(Guid.CreateVersion7(), Cancel),
            () => store.Leases.FindOverdueAsync(Now, 1, Cancel),
            () => store.Leases.PurgeEndedAsync(Now, 1, Cancel),
            () => schema.MigrateAsync(Cancel),
            () => schema.IsCurrentAsync(Cancel),
        ];
        foreach (var operation in operations)
        {
            var unavailable = await Assert.ThrowsAsync<LockStoreUnavailableException>(operation);
            Assert.DoesNotContain("s3cret", unavailable.ToString(), StringComparison.Ordinal);
        }

        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(Cancel);
        Assert.Equal(HealthStatus.Unhealthy, report.Status);
    }

    private static ServiceProvider Provide(string connectionString) =>
        StoreUnderTest.Provide(builder => builder.UsePostgreSql(connectionString));
}
