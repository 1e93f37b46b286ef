using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;
using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>The tables in PostgreSQL. A migration locks the table that migrations are noted in.</summary>
internal sealed class PostgreSqlLockSchema(PostgreSqlDatabase database) : MigratedLockSchema
{
    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override LocksDbContext CreateMigrationContext() => database.CreateMigrationContext();

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        PostgreSqlErrors.MayPass(failure, out unavailable);

    protected override bool IsMadeByAnother(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation };
}
