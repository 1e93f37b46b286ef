using System.Globalization;
using System.Text.RegularExpressions;
using Locks.Contracts.Tests.Docs;
using Locks.TestKit;
using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>
/// The events of the log: people filter and alert by their ids and names, so those stay. The approved file has all that there ever were: the
/// line of one that is gone stays, too, so that its id is not used again for another.
/// </summary>
public sealed partial class LogEventsTests
{
    private static readonly IReadOnlyList<(string Assembly, int Id, string Level, string Name)> Events =
    [
        .. SourceFile.All.Where(source => source.Path.StartsWith("src/", StringComparison.Ordinal))
            .SelectMany(source => Event().Matches(source.Text).Select(found => (
                source.Path.Split('/')[1],
                int.Parse(found.Groups["id"].Value, CultureInfo.InvariantCulture),
                found.Groups["level"].Value,
                found.Groups["name"].Value))),
    ];

    private const string File = "tests/Locks.Contracts.Tests/Approved/log-events.txt";

    [Fact]
    public void EveryEvent_IsApproved()
    {
        var approved = System.IO.File.ReadLines(Repository.PathOf(File)).Select(Read);

        Approved.Verify(File, string.Join('\n', Events.Union(approved)
            .OrderBy(logged => logged.Assembly, StringComparer.Ordinal).ThenBy(logged => logged.Id)
            .Select(logged => $"{logged.Assembly} {logged.Id} {logged.Level} {logged.Name}")));
    }

    [Fact]
    public void NoAssembly_UsesAnIdTwice()
    {
        var twice = Events.Union(System.IO.File.ReadLines(Repository.PathOf(File)).Select(Read)).GroupBy(logged => (logged.Assembly, logged.Id)).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key.Assembly} {same.Key.Id}: {string.Join(", ", same.Select(logged => logged.Name))}");

        Assert.Empty(twice);
    }

    [Fact]
    public void EveryEvent_IsFound() => Assert.Equal(
        SourceFile.All.Where(source => source.Path.StartsWith("src/", StringComparison.Ordinal))
            .Sum(source => source.Text.Split("[LoggerMessage(").Length - 1),
        Events.Count);

    private static (string Assembly, int Id, string Level, string Name) Read(string line) =>
        line.Split(' ') is [var assembly, var id, var level, var name]
            ? (assembly, int.Parse(id, CultureInfo.InvariantCulture), level, name)
            : throw new FormatException($"{File} has the line '{line}'.");

    [GeneratedRegex(
        @"\[LoggerMessage\(\s*(?<id>\d+),\s*LogLevel\.(?<level>\w+),.*?static partial void (?<name>\w+)\(", RegexOptions.Singleline)]
    private static partial Regex Event();
}
