using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

namespace Locks.Coordinator.PostgreSql;

/// <summary>Reads locks for people to look at, on connections beside those that decide.</summary>
internal sealed class PostgreSqlLockReader(PostgreSqlDatabase database) : RelationalLockReader
{
    public override string StoreName => "PostgreSql";

    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        PostgreSqlErrors.MayPass(failure, out unavailable);
}
