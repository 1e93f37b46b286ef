using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Locks.Client;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using Locks.TestKit;
using Xunit;

namespace Locks.Testing.Tests.Docs;

/// <summary>
/// Every default that the docs quote is the code's: in the tables of docs/operations.md, and in the text of all pages, where one is written as
/// <c>`Option` (value by default)</c>.
/// </summary>
public sealed partial class DefaultsTests
{
    private static readonly object[] Defaults = [new LockCoordinatorOptions(), new LockRulesLimits(), new DeadlockOptions(), new LockClientOptions()];

    // One differs from process to process, two are groups of options, and one is a function that is absent.
    private static readonly string[] WithoutValue =
        [nameof(LockClientOptions.Owner), nameof(LockCoordinatorOptions.Limits), nameof(LockCoordinatorOptions.Deadlocks), nameof(LockClientOptions.KeyGroup)];

    public static TheoryData<string> Pages =>
        [.. from page in Repository.Pages
            where page.StartsWith("docs/", StringComparison.Ordinal) || !page.Contains('/', StringComparison.Ordinal)
            select page];

    [Theory]
    [InlineData(typeof(LockCoordinatorOptions))]
    [InlineData(typeof(LockRulesLimits))]
    [InlineData(typeof(DeadlockOptions))]
    [InlineData(typeof(LockClientOptions))]
    public void TheTable_HasEveryOptionWithItsDefault(Type type)
    {
        var options = Defaults.Single(options => options.GetType() == type);

        var expected = OptionsOf(options).Select(option => $"{option.Name} = {option.Value}").Order(StringComparer.Ordinal);

        Assert.Equal(expected, TableOf(type).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryDefaultInThePagesText_IsTheCodes(string path)
    {
        var text = File.ReadAllText(Repository.PathOf(path));
        var known = Defaults.SelectMany(OptionsOf).ToLookup(option => option.Name, option => option.Value);

        var wrong = Quoted().Matches(text)
            .Select(match => (Name: match.Groups["name"].Value, Value: Spaces().Replace(match.Groups["value"].Value, " ")))
            .Where(quoted => !known[quoted.Name].Contains(quoted.Value))
            .Select(quoted => $"{quoted.Name} is not {quoted.Value}");

        Assert.Empty(wrong);
    }

    /// <summary>A default that is written in another way would be checked by nothing.</summary>
    [Theory]
    [MemberData(nameof(Pages))]
    public void EveryDefaultInThePagesText_NamesItsOption(string path)
    {
        var text = File.ReadAllText(Repository.PathOf(path));

        Assert.Equal(ByDefault().Count(text), Quoted().Count(text));
    }

    private static IEnumerable<(string Name, string Value)> OptionsOf(object options) =>
        from property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        where property.CanWrite && !WithoutValue.Contains(property.Name)
        select (property.Name, Describe(property.GetValue(options)));

    private static IEnumerable<string> TableOf(Type type)
    {
        var page = File.ReadAllText(Repository.PathOf("docs/operations.md")).ReplaceLineEndings("\n");
        var table = page[page.IndexOf($"<!-- defaults: {type.Name} -->", StringComparison.Ordinal)..].Split("\n\n")[0];
        return TableRow().Matches(table).Select(row => $"{row.Groups[1].Value} = {row.Groups[2].Value}");
    }

    private static string Describe(object? value) => value switch
    {
        TimeSpan time when time < TimeSpan.FromSeconds(1) => Invariant(time.TotalMilliseconds, "ms"),
        TimeSpan time when time < TimeSpan.FromMinutes(1) => Invariant(time.TotalSeconds, "s"),
        TimeSpan time when time < TimeSpan.FromHours(1) => Invariant(time.TotalMinutes, "min"),
        TimeSpan time => Invariant(time.TotalHours, "h"),
        bool flag => flag ? "true" : "false",
        int number => number.ToString("N0", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Invariant(double number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number} {unit}");

    [GeneratedRegex(@"^\| `(\w+)` \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex TableRow();

    [GeneratedRegex(@"`(?:\w+\.)?(?<name>\w+)`\s+\((?<value>[^()`]+?)\s+by\s+default\)")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\d[^()\n]*\s+by\s+default\)")]
    private static partial Regex ByDefault();
}
