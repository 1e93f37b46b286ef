using Locks.Coordinator.Sqlite;
using Locks.TestKit;
using Xunit;

namespace Locks.Storage.Tests.Sqlite;

/// <summary>The text of the statements, which is made from the description of the tables.</summary>
public sealed class SqliteStatementsTests
{
    [Theory]
    [InlineData(nameof(SqliteStatements.Load))]
    [InlineData(nameof(SqliteStatements.Insert))]
    [InlineData(nameof(SqliteStatements.Update))]
    [InlineData(nameof(SqliteStatements.Enqueue))]
    [InlineData(nameof(SqliteStatements.LoadLeases))]
    [InlineData(nameof(SqliteStatements.InsertLease))]
    [InlineData(nameof(SqliteStatements.UpdateLease))]
    public void TheStatements_AreApproved(string statement) => Approved.Verify(
        $"tests/Locks.Storage.Tests/Approved/Sqlite.{statement}.sql", (string)typeof(SqliteStatements).GetField(statement)!.GetValue(null)!);
}
