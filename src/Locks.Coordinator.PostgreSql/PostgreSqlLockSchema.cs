using System.Data;
using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>
/// The tables in PostgreSQL. EF Core's own lock, on the table that lists the migrations, ends with each migration's transaction, and
/// another process can come in between: so one transaction is around all of them, with an advisory lock that ends with it. A lock of the
/// session would stay with a session that a pooler gives to another client.
/// </summary>
internal sealed class PostgreSqlLockSchema(PostgreSqlDatabase database, TimeProvider time) : MigratedLockSchema(time)
{
    // Another program that uses this number in the same database waits, and nothing worse.
    private const long AdvisoryLock = 0x4C6F636B73; // "Locks"

    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override LocksDbContext CreateMigrationContext() => database.CreateMigrationContext();

    protected override async Task MigrateAloneAsync(LocksDbContext context, CancellationToken cancellationToken)
    {
        // In a stricter isolation, what another process did while this one waited for the lock would not be seen.
        var transaction = await context.Database
            .BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken).ConfigureAwait(false);
        await using var _ = transaction.ConfigureAwait(false);
        await context.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({AdvisoryLock})", cancellationToken).ConfigureAwait(false);

        // EF Core finds out by an error that this table is missing, and an error ends the transaction.
        var list = context.GetService<IHistoryRepository>().GetCreateIfNotExistsScript();
        await context.Database.ExecuteSqlRawAsync(list, cancellationToken).ConfigureAwait(false);
        await base.MigrateAloneAsync(context, cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        PostgreSqlErrors.MayPass(failure, out unavailable);

    // The last one says that another connection uses the template just now.
    protected override bool IsBeingCreatedByAnother(Exception failure) => failure is PostgresException
    {
        SqlState: PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ObjectInUse,
    };
}
