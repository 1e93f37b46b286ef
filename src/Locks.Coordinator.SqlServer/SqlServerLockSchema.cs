using Locks.Coordinator.Storage;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Locks.Coordinator.SqlServer;

/// <summary>The tables in SQL Server, kept by EF Core's migrations, which take an application lock for as long as they run.</summary>
internal sealed class SqlServerLockSchema(SqlServerDatabase database) : ILockSchema
{
    private const int DatabaseExists = 1801;

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var context = database.CreateMigrationContext();
            await using var _ = context.ConfigureAwait(false);
            await CreateDatabaseIfMissingAsync(context, cancellationToken).ConfigureAwait(false);
            await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (SqlServerErrors.MayPass(failure, out var unavailable))
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
        catch (Exception failure) when (SqlServerErrors.MayPass(failure, out var unavailable))
        {
            throw unavailable;
        }
    }

    // EF Core does this, too, but fails when another process was quicker; only what comes after is under its lock.
    private static async Task CreateDatabaseIfMissingAsync(SqlServerLocksDbContext context, CancellationToken cancellationToken)
    {
        var creator = context.GetService<IRelationalDatabaseCreator>();
        if (await creator.ExistsAsync(cancellationToken).ConfigureAwait(false))
            return;

        try
        {
            await creator.CreateAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (SqlException raced) when (raced is { Number: DatabaseExists })
        {
        }
    }
}
