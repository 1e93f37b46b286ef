using Locks.Coordinator.PostgreSql;
using Locks.TestKit;
using Xunit;

namespace Locks.Storage.Tests;

/// <summary>The text of the statements, which is made from the description of the tables.</summary>
public sealed class PostgreSqlStatementsTests
{
    [Theory]
    [InlineData(nameof(PostgreSqlStatements.Load))]
    [InlineData(nameof(PostgreSqlStatements.Commit))]
    [InlineData(nameof(PostgreSqlStatements.CommitOne))]
    [InlineData(nameof(PostgreSqlStatements.CommitOneWithWaiters))]
    [InlineData(nameof(PostgreSqlStatements.CommitWithWaiters))]
    [InlineData(nameof(PostgreSqlStatements.CommitWithNew))]
    [InlineData(nameof(PostgreSqlStatements.CommitOnLeases))]
    [InlineData(nameof(PostgreSqlStatements.FindOverdue))]
    public void TheStatements_AreApproved(string statement) =>
        Verify(typeof(PostgreSqlStatements), statement, $"PostgreSql.{statement}.sql");

    [Theory]
    [InlineData(nameof(PostgreSqlLeaseStatements.Load))]
    [InlineData(nameof(PostgreSqlLeaseStatements.Commit))]
    [InlineData(nameof(PostgreSqlLeaseStatements.FindOverdue))]
    public void TheStatementsAboutLeases_AreApproved(string statement) =>
        Verify(typeof(PostgreSqlLeaseStatements), statement, $"PostgreSql.Leases.{statement}.sql");

    private static void Verify(Type statements, string name, string file) => Approved.Verify(
        $"tests/Locks.Storage.Tests/Approved/{file}", (string)statements.GetField(name)!.GetValue(null)!);
}
