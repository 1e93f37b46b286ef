using Locks.Compliance;
using Locks.Coordinator.Storage;
using Xunit;

namespace Locks.IntegrationTests.Storage;

public sealed class PostgreSqlLockReaderTests(PostgreSqlLockStoreTests.Fixture fixture)
    : LockReaderCompliance, IClassFixture<PostgreSqlLockStoreTests.Fixture>
{
    private protected override ValueTask<ILockStore> EmptyStoreAsync() => fixture.EmptyStoreAsync();
}
