using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

namespace Locks.Coordinator.SqlServer;

/// <summary>Reads locks for people to look at, on connections beside those that decide.</summary>
internal sealed class SqlServerLockReader(SqlServerDatabase database) : RelationalLockReader
{
    public override string StoreName => "SqlServer";

    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        SqlServerErrors.MayPass(failure, out unavailable);
}
