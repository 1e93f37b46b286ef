using Locks.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>
/// The tables in PostgreSQL, kept by EF Core's migrations, which lock the table that they are noted in for as long as they run.
/// </summary>
internal sealed class PostgreSqlLockSchema(PostgreSqlDatabase database) : ILockSchema
{
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var context = database.CreateMigrationContext();
            await using var _ = context.ConfigureAwait(false);
            await CreateDatabaseIfMissingAsync(context, cancellationToken).ConfigureAwait(false);
            await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (PostgreSqlErrors.MayPass(failure, out var unavailable))
        {
            throw unavailable;
        }
    }

    public async Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            var context = database.CreateContext();
            await using var _ = context.ConfigureAwait(false);
            return !(await context.Database.GetPendingMigrationsAsync(cancellationToken).ConfigureAwait(false)).Any();
        }
        catch (Exception failure) when (PostgreSqlErrors.MayPass(failure, out var unavailable))
        {
            throw unavailable;
        }
    }

    // EF Core does this, too, but fails when another process was quicker; only what comes after is under its lock.
    private static async Task CreateDatabaseIfMissingAsync(PostgreSqlLocksDbContext context, CancellationToken cancellationToken)
    {
        var creator = context.GetService<IRelationalDatabaseCreator>();
        if (await creator.ExistsAsync(cancellationToken).ConfigureAwait(false))
            return;

        try
        {
            await creator.CreateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException raced) when (raced is { SqlState: PostgresErrorCodes.DuplicateDatabase or PostgresErrorCodes.UniqueViolation })
        {
        }
    }
}
