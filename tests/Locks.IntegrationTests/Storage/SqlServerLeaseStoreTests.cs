using Locks.Compliance;
using Locks.Coordinator.Storage;
using Xunit;

namespace Locks.IntegrationTests.Storage;

/// <summary>Runs where a SQL Server is to be had; ./test cannot start one.</summary>
public sealed class SqlServerLeaseStoreTests(SqlServerTestDatabase database) : LeaseStoreCompliance, IClassFixture<SqlServerTestDatabase>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => database.EmptyStoreAsync();
}

/// <summary>The same with READ_COMMITTED_SNAPSHOT off.</summary>
public sealed class SqlServerLeaseStoreWithoutRowVersionsTests(SqlServerTestDatabaseWithoutRowVersions database)
    : LeaseStoreCompliance, IClassFixture<SqlServerTestDatabaseWithoutRowVersions>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => database.EmptyStoreAsync();
}
