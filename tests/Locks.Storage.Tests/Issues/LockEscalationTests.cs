using Locks.Coordinator.SqlServer;
using Locks.TestKit;
using Microsoft.EntityFrameworkCore;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace Locks.Storage.Tests.Issues;

/// <summary>A queue of 10,000 waiters that was written at once locked the whole table, and with it the queues of all other locks.</summary>
public sealed class LockEscalationTests
{
    [Fact]
    public void NoTable_IsLockedWhole()
    {
        using var context = new SqlServerLocksDbContext.Factory().CreateDbContext([]);
        var tables = context.Model.GetEntityTypes().Select(entity => entity.GetTableName()).Order(StringComparer.Ordinal);
        var migrations = File.ReadAllText(Repository.PathOf("tests/Locks.Storage.Tests/Approved/SqlServer.migrations.sql"));

        var settings =
            from statement in TransactSql.Find<AlterTableSetStatement>(migrations)
            from option in statement.Options.OfType<LockEscalationTableOption>()
            where option.Value == LockEscalationMethod.Disable
            select statement.SchemaObjectName.BaseIdentifier.Value;

        Assert.Equal(tables, settings.Order(StringComparer.Ordinal));
    }
}
