using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Xunit;

namespace Locks.IntegrationTests.Fencing;

/// <summary>Runs where a SQL Server is to be had; ./test cannot start one.</summary>
public sealed class SqlServerFencingTests(SqlServerFencingTests.Database database)
    : FencingTests(database), IClassFixture<SqlServerFencingTests.Database>
{
    public sealed class Database : AccountsDatabase
    {
        protected override DbContextOptions? Options { get; } = TestServices.SqlServer is { } server
            ? new DbContextOptionsBuilder().UseSqlServer(
                new SqlConnectionStringBuilder(server) { InitialCatalog = $"bank_{Guid.CreateVersion7():N}" }.ConnectionString).Options
            : null;

        protected override string CountWaiting =>
            "SELECT COUNT(*) AS [Value] FROM sys.dm_exec_requests WHERE database_id = DB_ID() AND blocking_session_id <> 0";
    }
}
