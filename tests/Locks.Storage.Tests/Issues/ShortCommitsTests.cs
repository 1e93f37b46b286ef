using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace Locks.Storage.Tests.Issues;

/// <summary>Three to seven table variables in each commit contended in tempdb, also where one lock was written.</summary>
public sealed class ShortCommitsTests
{
    [Theory]
    [InlineData("CommitOne", 0)]
    [InlineData("CommitOneWithWaiters", 0)]
    [InlineData("Commit", 2)]
    [InlineData("CommitWithWaiters", 3)]
    [InlineData("CommitOnLeases", 4)]
    [InlineData("Leases.Commit", 2)]
    public void ACommit_HasNoMoreTableVariablesThanItNeeds(string name, int most) =>
        Assert.Equal(most, TransactSql.Find<DeclareTableVariableStatement>(TransactSql.Statements[name]).Count);
}
