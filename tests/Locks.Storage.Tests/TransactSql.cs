using System.Reflection;
using Locks.Coordinator.SqlServer;
using Microsoft.SqlServer.TransactSql.ScriptDom;
using Xunit;

namespace Locks.Storage.Tests;

/// <summary>The statements for SQL Server, and what its own parser makes of them.</summary>
internal static class TransactSql
{
    private const string Prefix = "SqlServer", Suffix = "Statements";

    /// <summary>Every statement that the store has, by a short name.</summary>
    public static IReadOnlyDictionary<string, string> Statements { get; } =
    (
        from type in typeof(SqlServerStatements).Assembly.GetTypes()
        where type.Name.EndsWith(Suffix, StringComparison.Ordinal)
        from field in type.GetFields(BindingFlags.Public | BindingFlags.Static)
        where field.FieldType == typeof(string)
        select (Name: NameOf(type) + field.Name, Text: (string)field.GetValue(null)!)).ToDictionary(found => found.Name, found => found.Text);

    /// <summary>Parses a script as SQL Server 2022 would; fails where it would.</summary>
    public static TSqlFragment Parse(string script)
    {
        var parsed = new TSql160Parser(initialQuotedIdentifiers: true).Parse(new StringReader(script), out var errors);
        Assert.Empty(errors.Select(error => $"line {error.Line}: {error.Message}"));
        return parsed;
    }

    /// <summary>Everything of a kind in a statement, with what is in the texts that it executes.</summary>
    public static IReadOnlyList<T> Find<T>(string script)
        where T : TSqlFragment
    {
        var finder = new Finder<T>();
        Parse(script).Accept(finder);
        return finder.Found;
    }

    /// <summary>Whether this is a table of the store.</summary>
    public static bool IsStored(NamedTableReference table) => table.SchemaObject.SchemaIdentifier?.Value == "locks";

    /// <summary>Whether a table is looked at with a hint.</summary>
    public static bool Has(this NamedTableReference table, TableHintKind hint) => table.TableHints.Any(given => given.HintKind == hint);

    private static string NameOf(Type type)
    {
        var about = type.Name[Prefix.Length..^Suffix.Length];
        return about switch
        {
            "" => "",
            "Lease" => "Leases.",
            _ => $"{about}.",
        };
    }

    private sealed class Finder<T> : TSqlFragmentVisitor
        where T : TSqlFragment
    {
        public List<T> Found { get; } = [];

        public override void Visit(TSqlFragment node)
        {
            if (node is T found)
                Found.Add(found);
            if (node is ExecutableStringList texts)
            {
                foreach (var text in texts.Strings.OfType<StringLiteral>())
                    Parse(text.Value).Accept(this);
            }
        }
    }
}
