using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.Data.SqlClient;

namespace Locks.Coordinator.SqlServer;

/// <summary>The tables in SQL Server. EF Core takes an application lock while it migrates them.</summary>
internal sealed class SqlServerLockSchema(SqlServerDatabase database) : MigratedLockSchema
{
    private const int DatabaseExists = 1801;

    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override LocksDbContext CreateMigrationContext() => database.CreateMigrationContext();

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        SqlServerErrors.MayPass(failure, out unavailable);

    protected override bool WasCreatedByAnother(Exception failure) => failure is SqlException { Number: DatabaseExists };
}
