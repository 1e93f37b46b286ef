using Locks.Coordinator.PostgreSql;
using Locks.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;
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

            Assert.Equal(4L, await database.ExecuteAsync("SELECT count(*) FROM locks.schema_migrations"));
        }
    }

    [Fact]
    public async Task Migrate_FromTheFirstTables_KeepsWhatIsInThem()
    {
        await database.ExecuteAsync("DROP SCHEMA IF EXISTS locks CASCADE");
        await using var services = Provide(database.ConnectionString);
        await using (var context = services.GetRequiredService<PostgreSqlDatabase>().CreateMigrationContext())
            await context.Database.MigrateAsync("Initial", Cancel);
        await database.ExecuteAsync(
            """
            INSERT INTO locks.locks (id, version, key, state, last_fence, last_ticket, holder_acquire_id, holder_owner, holder_token, holder_lease,
              holder_granted_at, holder_expires_at, holder_confirmed, due_at, written_at)
            VALUES ('00112233-4455-6677-8899-aabbccddeeff', 7, 'old', 'Held', 5, 1, gen_random_uuid(), 'owner', 'token', 30000000,
              now(), now() + interval '1 hour', true, now() + interval '1 hour', now());
            INSERT INTO locks.lock_waiters (lock_id, ticket, acquire_id, owner, token, lease, queued_at, deadline, reply_address)
            VALUES ('00112233-4455-6677-8899-aabbccddeeff', 1, gen_random_uuid(), 'waiter', 'token', 30000000, now(), now() + interval '1 hour', 'queue:replies');
            INSERT INTO locks.locks (id, version, key, state, last_fence, last_ticket, written_at)
            VALUES (gen_random_uuid(), 7, 'idle', 'Free', 5, 1, now());
            """);
        var schema = services.GetRequiredService<ILockSchema>();
        Assert.False(await schema.IsCurrentAsync(Cancel));

        await schema.MigrateAsync(Cancel);

        var store = services.GetRequiredService<ILockStore>();
        Assert.Equal("old", Assert.Single(await store.FindOverdueAsync(DateTimeOffset.MaxValue, 10, Cancel)).Key);
        Assert.Equal(1, await store.PurgeIdleAsync(DateTimeOffset.MaxValue, 10, Cancel));
        var stored = Assert.Single(await store.LoadAsync([new Guid("00112233-4455-6677-8899-aabbccddeeff")], Cancel));
        Assert.Equal((7, 5), (stored.Version, stored.State.LastFence));
        Assert.Equal(("owner", null, null, null), (
            stored.State.Holder!.Owner, stored.State.Holder.Lease, stored.State.Holder.TellAt, stored.State.Holder.ReleasedAt));
        Assert.Equal(("waiter", null), (stored.State.Waiters.Head!.Owner, stored.State.Waiters.Head.Lease));
        Assert.Empty(await store.CommitAsync(
            [new LockWrite(stored.Id, 7, 8, stored.State with { Holder = stored.State.Holder.CooledDown(Now, TimeSpan.Zero) }, null, Now, [], [])], Cancel));
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
