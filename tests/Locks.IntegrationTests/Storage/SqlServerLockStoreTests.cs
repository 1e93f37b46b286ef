using Locks.Compliance;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.IntegrationTests.Storage;

/// <summary>Runs where a SQL Server is to be had; ./test cannot start one.</summary>
public sealed class SqlServerLockStoreTests(SqlServerTestDatabase database) : LockStoreCompliance, IClassFixture<SqlServerTestDatabase>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => database.EmptyStoreAsync();

    [Fact]
    public async Task Migrate_Again_ChangesNothing()
    {
        var schema = database.Services!.GetRequiredService<ILockSchema>();

        await schema.MigrateAsync(TestContext.Current.CancellationToken);

        Assert.True(await schema.IsCurrentAsync(TestContext.Current.CancellationToken));
    }
}

/// <summary>The same with READ_COMMITTED_SNAPSHOT off.</summary>
public sealed class SqlServerLockStoreWithoutRowVersionsTests(SqlServerTestDatabaseWithoutRowVersions database)
    : LockStoreCompliance, IClassFixture<SqlServerTestDatabaseWithoutRowVersions>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => database.EmptyStoreAsync();
}
