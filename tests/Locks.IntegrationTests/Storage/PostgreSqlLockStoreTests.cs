using Locks.Compliance;
using Locks.Coordinator.Domain;
using Locks.Coordinator.PostgreSql;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Xunit;
using static Locks.Compliance.SampleLeases;
using static Locks.Compliance.SampleLocks;

namespace Locks.IntegrationTests.Storage;

public sealed class PostgreSqlLockStoreTests(PostgreSqlLockStoreTests.Fixture fixture)
    : LockStoreCompliance, IClassFixture<PostgreSqlLockStoreTests.Fixture>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => fixture.EmptyStoreAsync();

    [Fact]
    public async Task TheReadSide_SeesLocksAndWaiters_AndSavesNothing()
    {
        var state = Held(fence: 42).WithWaiters(Waiter(1), Waiter(2));
        await Store.CommitAsync([Insert(state)], Cancel);

        await using var context = await fixture.Services.GetRequiredService<IDbContextFactory<LocksDbContext>>()
            .CreateDbContextAsync(Cancel);

        var row = await context.Locks.SingleAsync(row => row.Key == state.Key, Cancel);
        Assert.Equal(LockRow.Held, row.State);
        Assert.Equal(42, row.LastFence);
        Assert.Equal(state.Holder!.Ttl, row.HolderTtl);
        Assert.Equal(state.Holder.ExpiresAt, row.HolderExpiresAt);
        Assert.Equal(["waiter 1", "waiter 2"], await context.Waiters
            .Where(waiter => waiter.LockId == row.Id).OrderBy(waiter => waiter.Ticket).Select(waiter => waiter.Owner).ToListAsync(Cancel));

        var lease = Active().Ending();
        await Store.Leases.CommitAsync([InsertLease(lease)], Cancel);
        var leaseRow = await context.Leases.SingleAsync(row => row.Id == lease.Id, Cancel);
        Assert.Equal(LeaseRow.Ending, leaseRow.State);
        Assert.Equal("lease owner", leaseRow.Owner);
        Assert.Equal(lease.Grant!.Ttl, leaseRow.Ttl);
        Assert.Equal(lease.End!.At, leaseRow.EndedAt);

        context.Add(new LockRow { Id = Guid.CreateVersion7(), Key = "k", State = LockRow.Free });
        await Assert.ThrowsAsync<NotSupportedException>(() => context.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task AViolatedConstraint_IsADefect_AndItsErrorShowsNoToken()
    {
        var state = Held();
        state = state with { Holder = state.Holder! with { Token = new OwnerToken("s3cret"), Owner = "nul\0" } };

        var defect = await Assert.ThrowsAsync<PostgresException>(() => Store.CommitAsync([Insert(state)], Cancel));

        Assert.DoesNotContain("s3cret", defect.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheHealthCheck_IsTaggedReady_AndHealthy()
    {
        var report = await fixture.Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Tags.Contains("ready"), Cancel);

        Assert.Equal(HealthStatus.Healthy, report.Entries["locks-store"].Status);
    }

    /// <summary>A plan is made once and kept, so it must not depend on how large the tables were just then.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2_000)]
    public async Task NoStatement_ReadsATableFromEndToEnd(int locks)
    {
        var leases = Enumerable.Range(0, locks).Select(_ => Active()).ToList();
        await Store.Leases.CommitAsync([.. leases.Select(lease => InsertLease(lease))], Cancel);
        await Store.CommitAsync([.. leases.Select(lease => Insert(Held().On(lease).WithWaiters(Waiter(1).On(lease))))], Cancel);
        await fixture.Database.ExecuteAsync("VACUUM ANALYZE");
        await using var services = StoreUnderTest.Provide(builder => builder.UsePostgreSql(fixture.Database.ConnectionString + ";Maximum Pool Size=1"));
        var store = services.GetRequiredService<ILockStore>();
        var before = await ScansAsync(services);

        var state = Held().WithWaiters(Waiter(1));
        await store.CommitAsync([Insert(state)], Cancel);
        await store.CommitAsync([Update(1, state, [Waiter(2)], [1]), Update(1, Held())], Cancel);
        await store.CommitAsync([Update(2, state), Update(1, Held())], Cancel);
        await store.CommitAsync([Update(3, state)], Cancel);
        await store.CommitAsync([Update(4, state, [Waiter(3)], [2])], Cancel);
        await store.LoadAsync([Guid.CreateVersion7()], Cancel);
        await store.FindOverdueAsync(Now, 10, Cancel);
        await store.PurgeIdleAsync(Now, 10, Cancel);

        var lease = Active();
        await store.Leases.CommitAsync([InsertLease(lease), InsertLease(Active())], Cancel);
        await store.Leases.CommitAsync([UpdateLease(1, lease.Renewed(TimeSpan.FromSeconds(1))), UpdateLease(1, Active().Ending())], Cancel);
        await store.Leases.LoadAsync([lease.Id], Cancel);
        var leased = Held().On(lease).WithWaiters(Waiter(1).On(lease));
        await store.CommitAsync([Insert(leased).AsGrant(), Insert(Held().On(Active())).AsGrant()], Cancel);
        await store.LoadAsync([Id(leased), Id(state)], Cancel);
        await store.Leases.FindLocksAsync(lease.Id, 10, Cancel);
        await store.Leases.CountLocksAsync(lease.Id, Cancel);
        await store.Leases.FindOverdueAsync(Now, 10, Cancel);
        await store.Leases.PurgeEndedAsync(Now, 10, Cancel);

        Assert.Equal(before, await ScansAsync(services));
    }

    /// <summary>Not the other way round, whatever is known of the table: a plan that was made while it was empty is kept when it has grown.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2_000)]
    public async Task ACommit_LooksUpTheRowsOfItsSet(int locks)
    {
        var nulls = LockColumns.Table.Input.Select(column => PostgreSqlTypes.NullOf(column.Kind)).ToList();
        var types = string.Join(", ", nulls.Select(value => value.Replace("NULL::", "", StringComparison.Ordinal) + "[]"));
        await Store.CommitAsync([.. Enumerable.Range(0, locks).Select(_ => Insert(Held()))], Cancel);
        await fixture.Database.ExecuteAsync("VACUUM ANALYZE");

        await using var session = await fixture.Services.GetRequiredService<PostgreSqlDatabase>().Commands.OpenConnectionAsync(Cancel);
        await using var prepare = new NpgsqlCommand($"PREPARE write ({types}) AS {PostgreSqlStatements.Commit}", session);
        await prepare.ExecuteNonQueryAsync(Cancel);
        await using var explain = new NpgsqlCommand(
            $"EXPLAIN EXECUTE write ({string.Join(", ", nulls.Select(_ => "NULL"))})", session);
        var plan = new List<string>();
        await using (var reader = await explain.ExecuteReaderAsync(Cancel))
        {
            while (await reader.ReadAsync(Cancel))
                plan.Add(reader.GetString(0).Trim());
        }

        await using var forget = new NpgsqlCommand("DEALLOCATE write", session);
        await forget.ExecuteNonQueryAsync(Cancel);
        Assert.Contains(plan, step => step.StartsWith("Index Cond: (id = ANY (ARRAY[i", StringComparison.Ordinal));
    }

    /// <summary>An update that has to write indexes costs twice as much.</summary>
    [Fact]
    public async Task TakingAndFreeing_WritesNoIndex()
    {
        await using var services = StoreUnderTest.Provide(builder => builder.UsePostgreSql(fixture.Database.ConnectionString + ";Maximum Pool Size=1"));
        var store = services.GetRequiredService<ILockStore>();
        var keys = Enumerable.Range(0, 100).Select(n => $"hot/{n}").ToList();
        // Room for all versions: whatever else runs on the server may keep the old ones from being removed.
        await using (var room = services.GetRequiredService<PostgreSqlDatabase>().Commands.CreateCommand("ALTER TABLE locks.locks SET (fillfactor = 10)"))
            await room.ExecuteNonQueryAsync(Cancel);
        await store.CommitAsync([.. keys.Select(key => Insert(Held(key, expiresAt: Now)))], Cancel);
        await store.CommitAsync([.. keys.Select(key => Update(1, Free(key)))], Cancel);
        var before = await IndexedUpdatesAsync(services);

        for (var version = 2; version < 6; version += 2)
        {
            var now = Now.AddSeconds(version);
            await store.CommitAsync([.. keys.Select(key => Update(version, Held(key, fence: version, expiresAt: now)) with { WrittenAt = now })], Cancel);
            await store.CommitAsync([.. keys.Select(key => Update(version + 1, Free(key, version)) with { WrittenAt = now })], Cancel);
        }

        Assert.Equal(before, await IndexedUpdatesAsync(services));
    }

    private static async Task<long> IndexedUpdatesAsync(IServiceProvider services)
    {
        var session = services.GetRequiredService<PostgreSqlDatabase>().Commands;
        await using var flush = session.CreateCommand("SELECT pg_stat_force_next_flush()");
        await flush.ExecuteNonQueryAsync(Cancel);
        await using var updates = session.CreateCommand(
            "SELECT n_tup_upd - n_tup_hot_upd FROM pg_stat_user_tables WHERE schemaname = 'locks' AND relname = 'locks'");
        return (long)(await updates.ExecuteScalarAsync(Cancel))!;
    }

    // The store's only session hands its statistics in before others are asked for them (PostgreSQL 15 or later).
    private static async Task<object?> ScansAsync(IServiceProvider services)
    {
        var session = services.GetRequiredService<PostgreSqlDatabase>().Commands;
        await using var flush = session.CreateCommand("SELECT pg_stat_force_next_flush()");
        await flush.ExecuteNonQueryAsync(Cancel);
        await using var scans = session.CreateCommand("SELECT sum(seq_scan) FROM pg_stat_user_tables WHERE schemaname = 'locks'");
        return await scans.ExecuteScalarAsync(Cancel);
    }

    public sealed class Fixture : IAsyncLifetime
    {
        public PostgreSqlTestDatabase Database { get; } = new();

        public ServiceProvider Services { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            Services = StoreUnderTest.Provide(builder => builder.UsePostgreSql(Database.ConnectionString));
            await Services.GetRequiredService<ILockSchema>().MigrateAsync(Cancel);
        }

        internal async ValueTask<ILockStore> EmptyStoreAsync()
        {
            await Database.ExecuteAsync("TRUNCATE locks.locks, locks.lock_waiters, locks.leases");
            return Services.GetRequiredService<ILockStore>();
        }

        public async ValueTask DisposeAsync()
        {
            await Services.DisposeAsync();
            await Database.DisposeAsync();
        }
    }
}
