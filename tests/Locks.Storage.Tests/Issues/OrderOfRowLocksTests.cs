using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace Locks.Storage.Tests.Issues;

/// <summary>
/// Commits took update locks in the order of the ids, and the update made them exclusive in an order of its own: with a load, which holds
/// shared locks and asks for more, that is a deadlock (1205).
/// </summary>
public sealed class OrderOfRowLocksTests
{
    [Theory]
    [MemberData(nameof(SqlServerSyntaxTests.Statements), MemberType = typeof(SqlServerSyntaxTests))]
    public void NoLock_IsMadeExclusiveLater(string name)
    {
        var tables = TransactSql.Find<NamedTableReference>(TransactSql.Statements[name]);

        Assert.DoesNotContain(tables, table => table.Has(TableHintKind.UpdLock));
    }

    [Theory]
    [InlineData("Commit")]
    [InlineData("CommitWithWaiters")]
    [InlineData("CommitOnLeases")]
    [InlineData("Leases.Commit")]
    public void ACommit_TakesExclusiveLocks_InTheOrderOfTheIds(string name)
    {
        var ordered = Ordered(name).Where(select => Table(select).Has(TableHintKind.XLock));

        var tables = Assert.Single(ordered);
        Assert.True(Table(tables).Has(TableHintKind.HoldLock));
        AssertOrdered(tables);
    }

    [Theory]
    [InlineData("Load")]
    [InlineData("CommitOnLeases")]
    public void SharedLocks_AreTakenInTheOrderOfTheIds(string name) =>
        AssertOrdered(Assert.Single(Ordered(name), select => Table(select).Has(TableHintKind.RepeatableRead)));

    private static IEnumerable<SelectStatement> Ordered(string name) =>
        TransactSql.Find<SelectStatement>(TransactSql.Statements[name]).Where(select => select.QueryExpression is QuerySpecification
        {
            FromClause.TableReferences: [QualifiedJoin { SecondTableReference: NamedTableReference table }],
        } && (table.Has(TableHintKind.XLock) || table.Has(TableHintKind.RepeatableRead)));

    private static NamedTableReference Table(SelectStatement select) =>
        (NamedTableReference)((QualifiedJoin)((QuerySpecification)select.QueryExpression).FromClause.TableReferences[0]).SecondTableReference;

    private static void AssertOrdered(SelectStatement select)
    {
        var order = Assert.Single(select.QueryExpression.OrderByClause.OrderByElements);
        Assert.EndsWith("id", ((ColumnReferenceExpression)order.Expression).MultiPartIdentifier.Identifiers[^1].Value, StringComparison.Ordinal);
        Assert.Equal(
            [OptimizerHintKind.ForceOrder, OptimizerHintKind.MaxDop, OptimizerHintKind.Fast],
            select.OptimizerHints.Select(hint => hint.HintKind));
    }
}
