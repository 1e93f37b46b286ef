using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

namespace Locks.Coordinator.Sqlite;

/// <summary>The tables in the file. The process that owns the file is the only one that can migrate it.</summary>
internal sealed class SqliteLockSchema(SqliteDatabase database, TimeProvider time) : MigratedLockSchema(time)
{
    protected override Task PrepareAsync(CancellationToken cancellationToken) => database.OpenAsync(cancellationToken);

    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override LocksDbContext CreateMigrationContext() => database.CreateMigrationContext();

    protected override Task MigrateAloneAsync(LocksDbContext context, CancellationToken cancellationToken) =>
        database.MigrateAsync(context, cancellationToken);

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        SqliteErrors.MayPass(failure, database.Path, out unavailable);

    protected override bool IsBeingCreatedByAnother(Exception failure) => false;
}
