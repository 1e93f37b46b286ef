namespace Locks.Storage.Relational;

/// <summary>Durations as they are stored: whole microseconds.</summary>
internal static class Micros
{
    public static long Of(TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    public static TimeSpan ToDuration(long micros) => new(micros * TimeSpan.TicksPerMicrosecond);
}
