using System.Globalization;

namespace Locks.Dashboard.Tests;

/// <summary>Numbers as the page writes them.</summary>
internal static class PageText
{
    public static string Words(TimeSpan time) => time switch
    {
        { TotalSeconds: < 60 } => $"{time.Seconds} s",
        { TotalMinutes: < 60, Seconds: 0 } => $"{time.Minutes} min",
        { TotalMinutes: < 60 } => $"{time.Minutes} min {time.Seconds} s",
        { Minutes: 0 } => $"{time.Hours} h",
        _ => $"{time.Hours} h {time.Minutes} min",
    };

    /// <summary>The page names the day where it is another one than that of the picture.</summary>
    public static string Instant(DateTimeOffset moment, DateTimeOffset at) =>
        moment.ToString(moment.UtcDateTime.Date == at.UtcDateTime.Date ? "HH:mm:ss 'UTC'" : "yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string PerSecond(double value) => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(value, 1)}/s");

    public static string Latency(double milliseconds) => milliseconds switch
    {
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:F1} ms"),
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(milliseconds, MidpointRounding.AwayFromZero)} ms"),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1_000:F1} s"),
        _ => Words(TimeSpan.FromMilliseconds(milliseconds)),
    };
}
