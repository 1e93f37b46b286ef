using Locks.Coordinator.PostgreSql;
using Locks.Coordinator.Sqlite;
using Locks.Coordinator.SqlServer;
using Locks.Storage.Relational;
using Locks.TestKit;
using Xunit;

namespace Locks.Storage.Tests;

public sealed class PublicApiTests
{
    [Theory]
    [InlineData("Relational", typeof(LocksDbContext))]
    [InlineData("PostgreSql", typeof(PostgreSqlLocksDbContext))]
    [InlineData("SqlServer", typeof(SqlServerLocksDbContext))]
    [InlineData("Sqlite", typeof(SqliteLocksDbContext))]
    public void PublicApi_IsTheApprovedOne(string package, Type inIt) =>
        Approved.Verify($"tests/Locks.Storage.Tests/Approved/{package}.public-api.txt", PublicApi.Of(inIt.Assembly));
}
