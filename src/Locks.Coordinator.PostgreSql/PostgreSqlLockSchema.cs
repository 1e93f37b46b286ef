using System.Data;
using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>
/// The tables in PostgreSQL. EF Core's lock, that of the table in which migrations are noted, goes with each migration's transaction, and
/// another process comes in between: so an advisory lock is held over all of them.
/// </summary>
internal sealed class PostgreSqlLockSchema(PostgreSqlDatabase database) : MigratedLockSchema
{
    // Whoever else uses this number in the same database waits, and nothing worse.
    private const long AdvisoryLock = 0x4C6F636B73; // "Locks"

    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override LocksDbContext CreateMigrationContext() => database.CreateMigrationContext();

    protected override async Task MigrateAloneAsync(LocksDbContext context, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({AdvisoryLock})", cancellationToken).ConfigureAwait(false);
        try
        {
            await base.MigrateAloneAsync(context, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // The connection goes back to its pool, and the lock would stay with it. A connection that broke has lost it.
            if (context.Database.GetDbConnection().State == ConnectionState.Open)
            {
                await context.Database
                    .ExecuteSqlAsync($"SELECT pg_advisory_unlock({AdvisoryLock})", CancellationToken.None)
                    .ConfigureAwait(false);
            }
        }
    }

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        PostgreSqlErrors.MayPass(failure, out unavailable);

    protected override bool IsMadeByAnother(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation };
}
