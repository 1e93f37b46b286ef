using Locks.Compliance;
using Locks.Coordinator.Storage;
using Xunit;

namespace Locks.IntegrationTests.Storage;

/// <summary>Runs where a SQL Server is to be had; ./test cannot start one.</summary>
public sealed class SqlServerLockReaderTests(SqlServerTestDatabase database) : LockReaderCompliance, IClassFixture<SqlServerTestDatabase>
{
    /// <inheritdoc/>
    protected override bool OrdersByUtf8 => false;

    private protected override ValueTask<ILockStore> EmptyStoreAsync() => database.EmptyStoreAsync();
}
