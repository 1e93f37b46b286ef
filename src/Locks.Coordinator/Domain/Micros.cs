namespace Locks.Coordinator.Domain;

/// <summary>Whole microseconds: the unit of times and durations that are stored, and of fencing tokens.</summary>
internal static class Micros
{
    /// <summary>The microseconds since the Unix epoch.</summary>
    public static long Of(DateTimeOffset time) => Of(time - DateTimeOffset.UnixEpoch);

    /// <summary>The microseconds of a duration.</summary>
    public static long Of(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>The time that is so many microseconds after the Unix epoch.</summary>
    public static DateTimeOffset ToTime(long micros) => DateTimeOffset.UnixEpoch + ToDuration(micros);

    /// <summary>The duration of so many microseconds.</summary>
    public static TimeSpan ToDuration(long micros) => new(micros * TimeSpan.TicksPerMicrosecond);
}
