using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Locks.Cli.CommandLine;

/// <summary>
/// Durations as people write them: <c>30s</c>, <c>1h30m</c>, <c>500ms</c>; a number alone is seconds, as of flock and timeout.
/// </summary>
internal static partial class Duration
{
    public const string Form = "a duration such as 30s, 5m or 1h30m";

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (TryReadNumber(text, out var seconds))
            return TryAdd(ref duration, seconds, TimeSpan.TicksPerSecond);
        if (!Whole().IsMatch(text))
            return false;

        foreach (Match part in Part().Matches(text))
        {
            if (!TryReadNumber(part.Groups[1].Value, out var number) || !TryAdd(ref duration, number, TicksOf(part.Groups[2].Value)))
                return false;
        }

        return true;
    }

    /// <summary>The shortest text that stands for the duration.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";

        var text = new StringBuilder();
        Append(text, (int)duration.TotalHours, "h");
        Append(text, duration.Minutes, "m");
        Append(text, duration.Seconds, "s");
        Append(text, duration.Milliseconds, "ms");
        return text.ToString();
    }

    private static void Append(StringBuilder text, int number, string unit)
    {
        if (number != 0)
            text.Append(CultureInfo.InvariantCulture, $"{number}{unit}");
    }

    private static bool TryReadNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);

    private static bool TryAdd(ref TimeSpan duration, decimal number, long ticks)
    {
        // Ten years are more than any option takes, and far from what a TimeSpan can't hold.
        var sum = duration.Ticks + (number * ticks);
        if (sum > TimeSpan.FromDays(3650).Ticks)
            return false;
        duration = new TimeSpan((long)sum);
        return true;
    }

    private static long TicksOf(string unit) => unit switch
    {
        "ms" => TimeSpan.TicksPerMillisecond,
        "s" => TimeSpan.TicksPerSecond,
        "m" => TimeSpan.TicksPerMinute,
        "h" => TimeSpan.TicksPerHour,
        _ => TimeSpan.TicksPerDay,
    };

    [GeneratedRegex(@"^(?:[0-9]{1,9}(?:\.[0-9]{1,9})?(?:ms|s|m|h|d))+$")]
    private static partial Regex Whole();

    [GeneratedRegex("([0-9.]+)(ms|s|m|h|d)")]
    private static partial Regex Part();
}
