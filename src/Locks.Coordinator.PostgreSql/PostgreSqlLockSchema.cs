using System.Data;
using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>
/// The tables in PostgreSQL. EF Core's own lock, on the table that lists the migrations, ends with each migration's transaction, and
/// another process can come in between: so this holds an advisory lock over all of them.
/// </summary>
internal sealed class PostgreSqlLockSchema(PostgreSqlDatabase database) : MigratedLockSchema
{
    // Another program that uses this number in the same database waits, and nothing worse.
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
            // The connection returns to its pool, and the lock would stay with it. A connection that broke has lost it.
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

    protected override bool WasCreatedByAnother(Exception failure) =>
        failure is PostgresException { SqlState: PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation };
}
