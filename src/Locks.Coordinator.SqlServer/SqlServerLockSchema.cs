using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.EntityFrameworkCore;
using Locks.Coordinator.Storage;
using Microsoft.Data.SqlClient;

namespace Locks.Coordinator.SqlServer;

/// <summary>The tables in SQL Server. A migration takes an application lock.</summary>
internal sealed class SqlServerLockSchema(SqlServerDatabase database) : MigratedLockSchema
{
    private const int DatabaseExists = 1801;

    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override LocksDbContext CreateMigrationContext() => database.CreateMigrationContext();

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        SqlServerErrors.MayPass(failure, out unavailable);

    protected override bool IsMadeByAnother(Exception failure) => failure is SqlException { Number: DatabaseExists };
}
