using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

namespace Locks.Coordinator.Sqlite;

/// <summary>Reads locks for people to look at, on connections beside those that decide.</summary>
internal sealed class SqliteLockReader(SqliteDatabase database) : RelationalLockReader
{
    public override string StoreName => "Sqlite";

    protected override Task PrepareAsync(CancellationToken cancellationToken) => database.OpenAsync(cancellationToken);

    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        SqliteErrors.MayPass(failure, database.Path, out unavailable);
}
