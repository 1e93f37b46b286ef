using Locks.Coordinator.PostgreSql;
using Locks.Coordinator.Storage;
using Locks.IntegrationTests.Storage;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using Xunit;
using static Locks.Compliance.SampleLocks;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// A pooler that gives each transaction another session of the server: 26 of 1,000 locks were granted, since what one session had prepared
/// was looked for in another; and the settings of the store's sessions were left to whoever came next.
/// </summary>
public sealed class TransactionPoolingTests(PgBouncerLockStoreTests.Fixture fixture) : IClassFixture<PgBouncerLockStoreTests.Fixture>
{
    private const int Locks = 300;
    private static readonly string[] Settings = ["enable_seqscan", "jit", "plan_cache_mode", "default_transaction_isolation"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryLock_IsGranted()
    {
        await using var services = Provide(fixture.ConnectionString);
        var store = services.GetRequiredService<ILockStore>();

        await Parallel.ForEachAsync(Enumerable.Range(0, Locks), Cancel, async (n, cancel) =>
        {
            var state = Held(NewKey());
            Assert.Empty(await store.CommitAsync([Insert(state)], cancel));
            Assert.Single(await store.LoadAsync([Contracts.LockKey.ToId(state.Key)], cancel));
            Assert.Empty(await store.CommitAsync([n % 2 == 0 ? Update(1, state, [Waiter(1)]) : Update(1, state)], cancel));
            await store.FindOverdueAsync(Now, 10, cancel);
        });
    }

    [Fact]
    public async Task NoSessionOfThePool_KeepsASettingOfTheStore()
    {
        var before = await SettingsAsync(fixture.Database.ConnectionString);
        await using var services = Provide(fixture.ConnectionString);
        var store = services.GetRequiredService<ILockStore>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 100), Cancel, async (_, cancel) => await store.CommitAsync([Insert(Free())], cancel));

        // Together they occupy all sessions of the pool.
        await using var pool = NpgsqlDataSource.Create(fixture.ConnectionString);
        var sessions = new List<NpgsqlConnection>();
        try
        {
            for (var i = 0; i < 4; i++)
            {
                var session = await pool.OpenConnectionAsync(Cancel);
                sessions.Add(session);
                await session.BeginTransactionAsync(Cancel);
                Assert.Equal(before, await SettingsAsync(session));
            }
        }
        finally
        {
            foreach (var session in sessions)
                await session.DisposeAsync();
        }
    }

    [Fact]
    public async Task TheLog_NamesThePooler()
    {
        using var logs = new CapturedLogs();
        await using var services = Provide(fixture.ConnectionString, logs);
        var store = services.GetRequiredService<ILockStore>();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.CommitAsync([Insert(Free())], Cancel)));

        Assert.Single(logs.Lines, line => line.Contains("pooler", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutAPooler_StatementsStayPrepared()
    {
        using var logs = new CapturedLogs();
        await using var services = Provide(fixture.Database.ConnectionString + ";Maximum Pool Size=1", logs);
        await services.GetRequiredService<ILockStore>().CommitAsync([Insert(Free())], Cancel);

        await using var prepared = services.GetRequiredService<PostgreSqlDatabase>().Commands.CreateCommand(
            "SELECT count(*)::int FROM pg_prepared_statements WHERE statement LIKE '%locks.locks%'");

        Assert.Equal(1, await prepared.ExecuteScalarAsync(Cancel));
        Assert.DoesNotContain(logs.Lines, line => line.Contains("pooler", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AStatementThatFails_LeavesNothingBehind()
    {
        await using var services = Provide(fixture.ConnectionString + ";Maximum Pool Size=1");
        var store = services.GetRequiredService<ILockStore>();
        var defect = Held();

        await Assert.ThrowsAsync<PostgresException>(
            () => store.CommitAsync([Insert(defect with { Holder = defect.Holder! with { Owner = "nul\0" } })], Cancel));

        Assert.Empty(await store.CommitAsync([Insert(Free())], Cancel));
    }

    [Fact]
    public async Task ReadinessIsHealthy_WhereLocksAreGranted()
    {
        await using var services = Provide(fixture.ConnectionString);

        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(services)).Status);
    }

    [Fact]
    public async Task APoolerThatPoolsStatements_IsNamedByReadiness_WithTheRemedy()
    {
        await using var services = Provide(new NpgsqlConnectionStringBuilder(TestServices.PgBouncer) { Database = "statements" }.ConnectionString);

        var health = await HealthAsync(services);

        Assert.Equal(HealthStatus.Unhealthy, health.Status);
        Assert.Contains("pooler", health.Description, StringComparison.Ordinal);
        Assert.Contains("pool_mode", health.Description, StringComparison.Ordinal);
    }

    /// <summary>Where the options say that sessions are pooled and they are not.</summary>
    [Fact]
    public async Task AWrongPoolMode_IsNamedInTheError_WithTheRemedy()
    {
        await using var services = StoreUnderTest.Provide(builder => builder.UsePostgreSql(
            fixture.ConnectionString, options => options.PoolMode = PostgreSqlPoolMode.Session));
        var store = services.GetRequiredService<ILockStore>();

        var failures = new List<Exception?>();
        for (var round = 0; round < 50 && failures.Count == 0; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Record.ExceptionAsync(
                async () => await store.CommitAsync([Insert(Free())], Cancel)).AsTask()));
            failures.AddRange(results.Where(failure => failure is not null));
        }

        await DiscardAsync();
        Assert.NotEmpty(failures);
        Assert.All(failures, failure =>
        {
            var unavailable = Assert.IsType<LockStoreUnavailableException>(failure);
            Assert.Contains("pooler", unavailable.Message, StringComparison.Ordinal);
            Assert.Contains("PoolMode", unavailable.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Migrate_BySeveralAtOnce_MakesTheTablesOnce()
    {
        await fixture.Database.ExecuteAsync("DROP SCHEMA IF EXISTS locks CASCADE");

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(async () =>
        {
            await using var services = Provide(fixture.ConnectionString);
            await services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel);
        }, Cancel)));

        Assert.Equal(1L, await fixture.Database.ExecuteAsync("SELECT count(*) FROM locks.schema_migrations"));
        Assert.Equal(0L, await fixture.Database.ExecuteAsync(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"));
    }

    private static ServiceProvider Provide(string connectionString, CapturedLogs? logs = null) =>
        StoreUnderTest.Provide(builder =>
        {
            builder.UsePostgreSql(connectionString);
            if (logs is not null)
                builder.Services.AddLogging(logging => logging.AddProvider(logs));
        });

    private static async Task<HealthReportEntry> HealthAsync(ServiceProvider services)
    {
        var report = await services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "locks-store", Cancel);
        return report.Entries["locks-store"];
    }

    private static async Task<IReadOnlyList<string>> SettingsAsync(string connectionString)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var session = await source.OpenConnectionAsync(Cancel);
        return await SettingsAsync(session);
    }

    private static async Task<IReadOnlyList<string>> SettingsAsync(NpgsqlConnection session)
    {
        var values = new List<string>();
        foreach (var setting in Settings)
        {
            await using var show = new NpgsqlCommand($"SHOW {setting}", session);
            values.Add((string)(await show.ExecuteScalarAsync(Cancel))!);
        }

        return values;
    }

    // What the wrong mode has left in the sessions of the pool ends with them.
    private async Task DiscardAsync() => await fixture.Database.ExecuteAsync(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
}
