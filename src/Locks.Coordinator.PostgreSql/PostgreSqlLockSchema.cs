using Locks.Coordinator.Storage;
using Microsoft.EntityFrameworkCore;

namespace Locks.Coordinator.PostgreSql;

/// <summary>The tables in PostgreSQL, kept by EF Core's migrations.</summary>
internal sealed class PostgreSqlLockSchema(PostgreSqlDatabase database) : ILockSchema
{
    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        try
        {
            var context = database.CreateMigrationContext();
            await using var _ = context.ConfigureAwait(false);
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
}
