using Locks.Client.Requests;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Lifetimes;

/// <summary>How leases are counted.</summary>
/// <param name="Time">The clock.</param>
/// <param name="LongestMargin">How much earlier than over there a lease is over here; a fifth of the lease if that is less.</param>
/// <param name="AtRiskAfter">The share of that time after which a warning is due.</param>
/// <param name="Logger">Where callbacks that fail are told.</param>
internal sealed record LeaseTiming(TimeProvider Time, TimeSpan LongestMargin, double AtRiskAfter, ILogger Logger)
{
    /// <summary>A lease as it is counted here.</summary>
    public Deadline LessMargin(Deadline lease)
    {
        var fifth = lease.Length / 5;
        return lease with { Length = lease.Length - (fifth < LongestMargin ? fifth : LongestMargin) };
    }

    /// <summary>Whether a lease is over as it is counted here. A grant whose lease is over is no grant.</summary>
    public bool IsOver(Deadline lease) => LessMargin(lease).HasPassed;

    /// <summary>How long it is until the warning is due.</summary>
    /// <param name="counted">The lease, less its margin.</param>
    public TimeSpan UntilRisk(Deadline counted) => (counted with { Length = counted.Length * AtRiskAfter }).Left;

    /// <summary>
    /// Whether a lease that began a while ago will do to begin with: it can be renewed <see cref="SoonAfter">soon</see>, and answered in as
    /// long again, before its warning is due.
    /// </summary>
    public bool WillDo(Deadline lease) => UntilRisk(LessMargin(lease)) >= SoonAfter(lease) * 2;

    /// <summary>When to renew a lease that will do to begin with: whoever holds the lock for less than this needs no renewal.</summary>
    public static TimeSpan SoonAfter(Deadline lease) => lease.Length / 20;
}
