namespace Locks.Coordinator.Domain;

/// <summary>The unit of times that are stored, and of fencing tokens.</summary>
internal static class LockTime
{
    /// <summary>Microseconds since the Unix epoch.</summary>
    public static long Micros(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
}
