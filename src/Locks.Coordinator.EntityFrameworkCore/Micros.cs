namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>Leases as they are stored: whole microseconds.</summary>
internal static class Micros
{
    public static long Of(TimeSpan lease) => lease.Ticks / TimeSpan.TicksPerMicrosecond;

    public static TimeSpan ToLease(long micros) => new(micros * TimeSpan.TicksPerMicrosecond);
}
