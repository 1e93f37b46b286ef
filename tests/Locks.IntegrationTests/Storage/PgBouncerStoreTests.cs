using Locks.Compliance;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Storage;

/// <summary>The store through a PgBouncer that pools transactions.</summary>
public sealed class PgBouncerLockStoreTests(PgBouncerLockStoreTests.Fixture fixture)
    : LockStoreCompliance, IClassFixture<PgBouncerLockStoreTests.Fixture>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => fixture.EmptyStoreAsync();

    public sealed class Fixture : IAsyncLifetime
    {
        private ServiceProvider _services = null!;

        public PostgreSqlTestDatabase Database { get; } = new();

        /// <summary>The way to the database through the pooler.</summary>
        public string ConnectionString =>
            new NpgsqlConnectionStringBuilder(TestServices.PgBouncer) { Database = Database.Name }.ConnectionString;

        public async ValueTask InitializeAsync()
        {
            await Database.InitializeAsync();
            _services = StoreUnderTest.Provide(builder => builder.UsePostgreSql(ConnectionString));
            await _services.GetRequiredService<ILockSchema>().MigrateAsync(TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await _services.DisposeAsync();
            await Database.DisposeAsync();
        }

        internal async ValueTask<ILockStore> EmptyStoreAsync()
        {
            await Database.ExecuteAsync("TRUNCATE locks.locks, locks.lock_waiters, locks.leases");
            return _services.GetRequiredService<ILockStore>();
        }
    }
}

/// <summary>Leases through it.</summary>
public sealed class PgBouncerLeaseStoreTests(PgBouncerLockStoreTests.Fixture fixture)
    : LeaseStoreCompliance, IClassFixture<PgBouncerLockStoreTests.Fixture>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => fixture.EmptyStoreAsync();
}
