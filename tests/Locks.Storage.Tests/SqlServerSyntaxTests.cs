using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using Locks.Coordinator.SqlServer;
using Locks.TestKit;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace Locks.Storage.Tests;

/// <summary>Everything that is sent to SQL Server, read by its own parser: no server is needed to know that it would be understood.</summary>
public sealed partial class SqlServerSyntaxTests
{
    private static readonly string Migrations = File.ReadAllText(Repository.PathOf("tests/Locks.Storage.Tests/Approved/SqlServer.migrations.sql"));

    public static TheoryData<string> Statements => [.. TransactSql.Statements.Keys];

    public static TheoryData<string> ApprovedFiles =>
        [.. Directory.GetFiles(Repository.PathOf("tests"), "SqlServer*.sql", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(Path.GetDirectoryName(file)) == "Approved")
            .Select(file => Path.GetRelativePath(Repository.PathOf("tests"), file))
            .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Statements))]
    public void EveryStatement_IsUnderstood(string name) => TransactSql.Parse(TransactSql.Statements[name]);

    /// <summary>The migrations, and the statements of the fences, which are another package's.</summary>
    [Theory]
    [MemberData(nameof(ApprovedFiles))]
    public void EveryApprovedScript_IsUnderstood(string file) =>
        TransactSql.Find<TSqlFragment>(Placeholder().Replace(File.ReadAllText(Repository.PathOf($"tests/{file}")), "@p$1"));

    [Fact]
    public void TheScripts_AreThoseOfTheMigrationsAndOfTheFences()
    {
        var files = ApprovedFiles.Select(row => Path.GetFileName(row.Data)).ToList();

        Assert.Contains("SqlServer.migrations.sql", files);
        Assert.Contains("SqlServer.RaiseFence.sql", files);
    }

    /// <summary>So a statement cannot be forgotten: whatever in the assembly looks like one is a part of one that is checked here.</summary>
    [Fact]
    public void NoStatement_IsAnywhereElse()
    {
        var strings = StringsOf(typeof(SqlServerStatements).Assembly.Location).Where(text => Verb().IsMatch(text)).Select(text => text.Trim()).ToList();

        Assert.InRange(strings.Count, 10, int.MaxValue);
        Assert.DoesNotContain(strings, text =>
            !Migrations.Contains(text, StringComparison.Ordinal)
            && !TransactSql.Statements.Values.Any(statement => statement.Contains(text, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public void EveryLookAtATable_LocksRows(string name)
    {
        var looks = TransactSql.Find<NamedTableReference>(TransactSql.Statements[name]).Where(TransactSql.IsStored);

        Assert.All(looks, look => Assert.True(look.Has(TableHintKind.Rowlock), look.Alias?.Value ?? look.SchemaObject.BaseIdentifier.Value));
    }

    [Theory]
    [MemberData(nameof(Statements))]
    public void EveryIndexThatIsNamed_IsThere(string name)
    {
        var named = TransactSql.Find<IndexTableHint>(TransactSql.Statements[name]).SelectMany(hint => hint.IndexValues);

        Assert.All(named, index => Assert.Contains($"CREATE INDEX [{index.Identifier.Value}]", Migrations, StringComparison.Ordinal));
    }

    private static List<string> StringsOf(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        var strings = new List<string>();
        for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = metadata.GetNextHandle(handle))
            strings.Add(metadata.GetUserString(handle));

        return strings;
    }

    [GeneratedRegex(@"^\s*(SELECT|INSERT|UPDATE|DELETE|MERGE|DECLARE|SET|ALTER|CREATE|DROP|TRUNCATE|EXEC|EXECUTE|BEGIN|COMMIT|IF|WITH|USE)\s")]
    private static partial Regex Verb();

    [GeneratedRegex(@"\{(\d)\}")]
    private static partial Regex Placeholder();
}
