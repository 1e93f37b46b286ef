using System.Globalization;
using Locks.Cli.CommandLine;
using Locks.Contracts;
using Spectre.Console;

namespace Locks.Cli.Output;

/// <summary>Locks, one in each row.</summary>
internal static class LockTable
{
    private static readonly string[] Columns = ["KEY", "STATE", "OWNER", "HELD", "LEFT", "FENCING TOKEN", "WAITERS", "LONGEST WAIT"];

    public static Table Create(IEnumerable<LockSummary> locks) => PlainTable.Create(Columns, locks.Select(Row));

    private static string?[] Row(LockSummary found) =>
    [
        found.Key,
        found.State,
        found.Holder?.Owner,
        Age(found.Holder?.HeldFor),
        Age(found.Holder?.TimeLeft),
        found.Holder?.FencingToken.ToString(CultureInfo.InvariantCulture),
        found.Waiters.ToString(CultureInfo.InvariantCulture),
        Age(found.LongestWait),
    ];

    /// <summary>A duration in whole seconds, which is what people compare.</summary>
    public static string? Age(TimeSpan? duration) =>
        duration is { } given ? Duration.Format(TimeSpan.FromSeconds(Math.Floor(given.TotalSeconds))) : null;
}
