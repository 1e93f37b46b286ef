using Locks.Coordinator.SqlServer;
using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace Locks.Storage.Tests.Issues;

/// <summary>
/// In a SQL Server database without row versions (READ_COMMITTED_SNAPSHOT off), a row that is written moves in an index while another session
/// reads it. The locks of a lease came twice, which the next statement took for a defect, or not at all, which counted as "none are left".
/// </summary>
public sealed class RowsThatMoveTests
{
    [Fact]
    public void TheLocksOfALease_AreFoundThroughAnIndex_InWhichTheyStay()
    {
        var hint = Assert.Single(TransactSql.Find<IndexTableHint>(SqlServerLeaseStatements.FindLocks));
        using var context = new SqlServerLocksDbContext.Factory().CreateDbContext([]);
        var index = Assert.Single(
            context.GetService<IDesignTimeModel>().Model.FindEntityType(typeof(LockRow))!.GetIndexes(),
            index => index.GetDatabaseName() == Assert.Single(hint.IndexValues).Identifier.Value);

        // The lock's id comes behind it, as the key of the clustered index, and never changes either.
        Assert.Equal([nameof(LockRow.HolderLeaseId)], index.Properties.Select(property => property.Name));
        Assert.Equal([nameof(LockRow.DueAt)], SqlServerIndexExtensions.GetIncludeProperties(index));
    }

    [Fact]
    public void TheLocksOfALease_AreFoundOnceEach()
    {
        var query = Assert.Single(TransactSql.Find<QuerySpecification>(SqlServerLeaseStatements.FindLocks));

        var grouping = Assert.IsType<ExpressionGroupingSpecification>(Assert.Single(query.GroupByClause.GroupingSpecifications));
        Assert.Equal("id", Assert.IsType<ColumnReferenceExpression>(grouping.Expression).MultiPartIdentifier.Identifiers.Single().Value);
    }

    [Theory]
    [MemberData(nameof(SqlServerSyntaxTests.Statements), MemberType = typeof(SqlServerSyntaxTests))]
    public void WhatWasFoundInATable_IsDistinct_WhereItIsAKey(string name)
    {
        var sources =
            from insert in TransactSql.Find<InsertStatement>(TransactSql.Statements[name])
            where insert.InsertSpecification.Target is VariableTableReference
            let source = ((SelectInsertSource)insert.InsertSpecification.InsertSource).Select
            where Tables(source).Any(TransactSql.IsStored)
            select source;

        Assert.All(sources, source => Assert.True(source switch
        {
            BinaryQueryExpression union => !union.All,
            QuerySpecification query => query.UniqueRowFilter == UniqueRowFilter.Distinct,
            _ => false,
        }));
    }

    private static List<NamedTableReference> Tables(QueryExpression source)
    {
        var tables = new List<NamedTableReference>();
        source.Accept(new TableVisitor(tables));
        return tables;
    }

    private sealed class TableVisitor(List<NamedTableReference> tables) : TSqlFragmentVisitor
    {
        public override void Visit(NamedTableReference node) => tables.Add(node);
    }
}
