using System.Diagnostics.CodeAnalysis;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;

namespace Locks.Coordinator.SqlServer;

/// <summary>The tables in SQL Server. EF Core takes an application lock while it migrates them.</summary>
internal sealed class SqlServerLockSchema(SqlServerDatabase database, TimeProvider time) : MigratedLockSchema(time)
{
    /// <summary>That of SQL Server 2016, the first that has OPENJSON.</summary>
    private const int LowestLevel = 130;

    // The second one says that another CREATE DATABASE, of whatever name, has the model database to itself.
    private const int DatabaseExists = 1801, ModelIsInUse = 1807;

    protected override LocksDbContext CreateContext() => database.CreateContext();

    protected override LocksDbContext CreateMigrationContext() => database.CreateMigrationContext();

    // A database that came from an older server keeps its level. There the statements fail as if a table was missing.
    protected override async Task CheckDatabaseAsync(CancellationToken cancellationToken)
    {
        var level = await database.ExecuteAsync(
            SqlServerSchemaStatements.CompatibilityLevel,
            [BatchParameters.Number("@none", LowestLevel)],
            ListReader.ReadCountAsync,
            cancellationToken).ConfigureAwait(false);
        if (level < LowestLevel)
            throw SqlServerErrors.TooLow(level);
    }

    protected override bool MayPass(Exception failure, [NotNullWhen(true)] out LockStoreUnavailableException? unavailable) =>
        SqlServerErrors.MayPass(failure, out unavailable);

    protected override bool IsBeingCreatedByAnother(Exception failure) =>
        SqlServerErrors.SqlErrorOf(failure) is { Number: DatabaseExists or ModelIsInUse };
}
