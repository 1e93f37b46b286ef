using System.Globalization;
using Locks.Benchmarks.Measuring;

namespace Locks.Benchmarks.Scenarios;

/// <summary>What callers do, and how the table calls it.</summary>
internal static class Shapes
{
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMinutes(5);

    /// <summary>One caller.</summary>
    public static readonly LoadShape One = Apart(1);

    /// <summary>Callers with a key each.</summary>
    public static LoadShape Apart(int callers) => new(callers, "bench", OneKey: false, TimeSpan.Zero);

    /// <summary>Callers that want the same key.</summary>
    public static LoadShape Together(int callers) => new(callers, $"bench-contended-{callers}", OneKey: true, TimeSpan.Zero, LongestTurn);

    public static string InFlight(int callers) => Invariant($"{callers:#,0} in flight");

    public static string Waiting(int callers) => Invariant($"{callers:#,0} waiters");

    public static string Waiting(int processes, int callers) => Invariant($"{processes} processes × {callers} waiters");

    public static string Rows(int rows) => Invariant($"{rows:#,0} rows");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
