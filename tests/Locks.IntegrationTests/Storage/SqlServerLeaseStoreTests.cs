using Locks.Compliance;
using Locks.Coordinator.Storage;
using Xunit;

namespace Locks.IntegrationTests.Storage;

/// <summary>Runs where a SQL Server is to be had; ./test cannot start one.</summary>
public sealed class SqlServerLeaseStoreTests(SqlServerLockStoreTests.Fixture fixture)
    : LeaseStoreCompliance, IClassFixture<SqlServerLockStoreTests.Fixture>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => fixture.EmptyStoreAsync();
}
