using Locks.Contracts;
using Locks.Transport.Diagnostics;

namespace Locks.Client;

/// <summary>Options of the lock client.</summary>
public sealed class LockClientOptions
{
    /// <summary>The name of the coordinator's queue. Default <c>locks</c>.</summary>
    public string QueueName { get; set; } = "locks";

    /// <summary>
    /// The owner of this process's locks, for people who look at a lock's holder: 1 to 256 UTF-8 bytes. Default: machine, program and
    /// process id.
    /// </summary>
    public string Owner { get; set; } = $"{Environment.MachineName}/{AppDomain.CurrentDomain.FriendlyName}:{Environment.ProcessId}";

    /// <summary>The lease of a lock that is requested without one: 100 ms to 24 h, default 30 s.</summary>
    public TimeSpan DefaultLease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Whether locks are renewed in the background until they are released, where <see cref="LockOptions.AutoRenew"/> does not say it.
    /// Default: no, a lock ends with its lease. Locks of <see cref="IDistributedLock"/> and <see cref="IDistributedLockFactory"/> that are
    /// acquired with an expiry end with it in any case.
    /// </summary>
    public bool AutoRenew { get; set; }

    /// <summary>
    /// How long to wait for the coordinator's answer before <see cref="LockUnavailableException"/>: 100 ms to 10 min, default 15 s. It does
    /// not limit how long a caller waits in a queue. A release waits no longer than its lease lasts; an acquire waits for its first answer no
    /// longer than the caller does, or twice <see cref="ResendAfter"/> if that is longer.
    /// </summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long a request stays unanswered before it is sent again: 50 ms to 1 min, default 1 s. Doubles each time, up to 5 s.
    /// </summary>
    public TimeSpan ResendAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How often this client sends a heartbeat while any of its callers waits in a queue, one message for all of them: 1 to 10 s, default
    /// 10 s. Coordinators pass over the waiters of a client without a heartbeat for three intervals: a shorter interval gets others past a
    /// dead process earlier, a longer one forgives a process that is suspended for longer.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; set; } = LockLimits.MaxAliveInterval;

    /// <summary>
    /// How much earlier than the coordinator the client considers a lease ended, to cover clocks that run at different speeds and timers
    /// that fire late: 0 to 1 min, default 500 ms; never more than a fifth of the lease.
    /// </summary>
    public TimeSpan SafetyMargin { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The share of a lease, less its safety margin, after which a renewal is overdue and <see cref="ILockHandle.AtRisk"/> fires: more than
    /// 0, less than 1, default 0.6. Locks are renewed after a third, so a single renewal that goes missing is no risk yet.
    /// </summary>
    public double AtRiskAfter { get; set; } = 0.6;

    /// <summary>
    /// How often the client asks for the rank of a caller that waits in a queue with <see cref="LockOptions.Progress"/>: 100 ms to 1 min,
    /// default 1 s.
    /// </summary>
    public TimeSpan ProgressInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Groups keys for metrics: given a key, returns the name of its group, which becomes the tag <c>locks.key_group</c>; or
    /// <see langword="null"/> for none. Default: no groups, because the number of keys is unbounded. It is called with every measurement,
    /// and by several threads at a time, so it has to be quick. What it throws is logged once, and the group is left out.
    /// </summary>
    public Func<string, string?>? KeyGroup { get; set; }

    /// <summary>
    /// How many groups <see cref="KeyGroup"/> may name in the life of a client: 1 to 10,000, default 100. Each is a time series of every
    /// instrument. Keys that would begin one more count as <c>other</c>.
    /// </summary>
    public int MaxKeyGroups { get; set; } = KeyGroups.DefaultMax;

    /// <summary>Checks that every option is within its range.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(QueueName), nameof(QueueName), QueueName, "a queue name");
        Require(LockLimits.CheckOwner(Owner) is null, nameof(Owner), Owner, $"1 to {LockLimits.MaxOwnerBytes} UTF-8 bytes");
        Require(LockLimits.CheckLease(DefaultLease) is null, nameof(DefaultLease), DefaultLease, "100 ms to 24 h");
        RequireBetween(nameof(RequestTimeout), RequestTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(10));
        RequireBetween(nameof(ResendAfter), ResendAfter, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(1));
        RequireBetween(nameof(HeartbeatInterval), HeartbeatInterval, LockLimits.MinAliveInterval, LockLimits.MaxAliveInterval);
        RequireBetween(nameof(SafetyMargin), SafetyMargin, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        Require(LockOptions.IsShare(AtRiskAfter), nameof(AtRiskAfter), AtRiskAfter, "more than 0 and less than 1");
        RequireBetween(nameof(ProgressInterval), ProgressInterval, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1));
        Require(MaxKeyGroups is >= 1 and <= KeyGroups.MostMax, nameof(MaxKeyGroups), MaxKeyGroups, "1 to 10,000");
    }

    private static void RequireBetween(string name, TimeSpan value, TimeSpan least, TimeSpan most) =>
        Require(value >= least && value <= most, name, value, $"between {least:c} and {most:c}");

    private static void Require(bool holds, string name, object? value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(LockClientOptions)}.{name} is '{value}'; it must be {range}.");
    }
}
