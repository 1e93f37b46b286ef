using Locks.Compliance;
using Locks.Coordinator.Storage;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.IntegrationTests.Storage;

/// <summary>Runs where a SQL Server is to be had; ./test cannot start one.</summary>
public sealed class SqlServerLockStoreTests(SqlServerLockStoreTests.Fixture fixture)
    : LockStoreCompliance, IClassFixture<SqlServerLockStoreTests.Fixture>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => fixture.EmptyStoreAsync();

    [Fact]
    public async Task Migrate_Again_ChangesNothing()
    {
        var schema = fixture.Services!.GetRequiredService<ILockSchema>();

        await schema.MigrateAsync(TestContext.Current.CancellationToken);

        Assert.True(await schema.IsCurrentAsync(TestContext.Current.CancellationToken));
    }

    public sealed class Fixture : IAsyncLifetime
    {
        private readonly string _name = $"locks_{Guid.CreateVersion7():N}";

        public ServiceProvider? Services { get; private set; }

        public async ValueTask InitializeAsync()
        {
            if (TestServices.SqlServer is not { } server)
                return;

            var database = new SqlConnectionStringBuilder(server) { InitialCatalog = _name };
            Services = StoreUnderTest.Provide(builder => builder.UseSqlServer(database.ConnectionString));
            await Services.GetRequiredService<ILockSchema>().MigrateAsync(TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (Services is null)
                return;

            await Services.DisposeAsync();
            SqlConnection.ClearAllPools();
            await ExecuteAsync($"USE master; ALTER DATABASE {_name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE {_name};");
        }

        internal async ValueTask<ILockStore> EmptyStoreAsync()
        {
            Assert.SkipWhen(
                Services is null,
                "LOCKS_TEST_SQLSERVER is not set: no statement was tried on a SQL Server. Set it to a connection string of a login that may create databases.");

            await ExecuteAsync("TRUNCATE TABLE locks.locks; TRUNCATE TABLE locks.lock_waiters; TRUNCATE TABLE locks.leases;");
            return Services.GetRequiredService<ILockStore>();
        }

        public async Task ExecuteAsync(string statement)
        {
            var database = new SqlConnectionStringBuilder(TestServices.SqlServer) { InitialCatalog = _name };
            await using var connection = new SqlConnection(database.ConnectionString);
            await connection.OpenAsync();
            await using var command = new SqlCommand(statement, connection);
            await command.ExecuteNonQueryAsync();
        }
    }
}
