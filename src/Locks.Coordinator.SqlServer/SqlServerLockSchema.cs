using Locks.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;

namespace Locks.Coordinator.SqlServer;

/// <summary>The tables in SQL Server, kept by EF Core's migrations, which take an application lock for as long as they run.</summary>
internal sealed class SqlServerLockSchema(SqlServerDatabase database) : ILockSchema
{
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var context = database.CreateMigrationContext();
            await using var _ = context.ConfigureAwait(false);
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
}
