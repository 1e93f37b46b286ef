using Locks.Client.Requests;
using Microsoft.Extensions.Logging;

namespace Locks.Client.Core.Lifetimes;

/// <summary>How leases are counted.</summary>
/// <param name="Timers">The timers, and with them the clock.</param>
/// <param name="MaxMargin">How much earlier than at the coordinator a lease ends here; a fifth of the lease if that is less.</param>
/// <param name="AtRiskAfter">The share of the lease, less its margin, after which it is at risk.</param>
/// <param name="Logger">The log of callbacks that fail.</param>
internal sealed record LeaseTiming(TimerPool Timers, TimeSpan MaxMargin, double AtRiskAfter, ILogger Logger)
{
    /// <summary>The clock.</summary>
    public TimeProvider Time => Timers.Time;

    /// <summary>The lease as it is counted here: less its safety margin.</summary>
    public Deadline LessMargin(Deadline lease)
    {
        var fifth = lease.Length / 5;
        return lease with { Length = lease.Length - (fifth < MaxMargin ? fifth : MaxMargin) };
    }

    /// <summary>Whether a lease is over as it is counted here. A grant whose lease is over is no grant.</summary>
    public bool IsOver(Deadline lease) => LessMargin(lease).HasPassed;

    /// <summary>When the lease is at risk.</summary>
    /// <param name="counted">The lease, less its margin.</param>
    public Deadline AtRisk(Deadline counted) => counted with { Length = counted.Length * AtRiskAfter };

    /// <summary>
    /// Whether enough is left of a lease that started a while ago for a holder to start with: it can be renewed after the
    /// <see cref="EarlyRenewalDelay"/>, and that answered in as long again, before the lease is at risk.
    /// </summary>
    public bool IsEnoughToStart(Deadline lease) => AtRisk(LessMargin(lease)).Left >= EarlyRenewalDelay(lease) * 2;

    /// <summary>When to renew a lease that started a while ago: a holder that releases the lock before needs no renewal.</summary>
    public static TimeSpan EarlyRenewalDelay(Deadline lease) => lease.Length / 20;
}
