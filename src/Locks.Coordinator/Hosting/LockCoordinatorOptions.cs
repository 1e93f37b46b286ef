using Locks.Coordinator.Domain;
using Locks.Transport;
using Locks.Transport.Diagnostics;

namespace Locks.Coordinator.Hosting;

/// <summary>How a coordinator runs.</summary>
public sealed class LockCoordinatorOptions
{
    /// <summary>
    /// The name of the queue that the coordinator reads. Default <c>locks</c>. Clients must name the same one; several coordinators on one
    /// queue share the work.
    /// </summary>
    public string QueueName { get; set; } = "locks";

    /// <summary>
    /// How many queues the keys are spread over, beside the common one: <c>locks-0</c>, <c>locks-1</c>, …, each read by one coordinator at a
    /// time, so that a key's state stays in one coordinator's memory. 0 to 64, default 2: what is spread over more queues comes in smaller
    /// batches. Coordinators share them, so there should be no fewer than coordinators. 0 leaves everything to the common queue, which all
    /// coordinators read. Only RabbitMQ has them; clients are told their number, and need no setting of their own.
    /// </summary>
    public int Partitions { get; set; } = 2;

    /// <summary>
    /// The kind of the common queue and of the partitions' queues, which is the same for all, on RabbitMQ. Default
    /// <see cref="QueueDurability.BrokerDefault"/>. In a cluster, <see cref="QueueDurability.Quorum"/> keeps locks served while a node is
    /// down. All coordinators of one queue need the same value, and queues that exist keep their kind until they are deleted.
    /// </summary>
    public QueueDurability Durability { get; set; } = QueueDurability.BrokerDefault;

    /// <summary>
    /// How many locks are kept in memory to be decided on without reading them first; each waiter counts as one. 0 to 10,000,000, default
    /// 200,000 (a lock takes about 1 KB).
    /// </summary>
    public int CachedLocks { get; set; } = 200_000;

    /// <summary>
    /// How many messages of one queue are served at the same time. 1 to 1,000, default 32. Requests for the same key are always decided one
    /// after another.
    /// </summary>
    public int ConcurrentRequests { get; set; } = 32;

    /// <summary>
    /// How often the store is searched for locks whose timer was lost with its coordinator. 100 ms to 1 h, default 2 s. A lock whose
    /// coordinator died frees itself at most this much, plus <see cref="SweepGrace"/>, after its lease.
    /// </summary>
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a lock must be overdue before the sweeper takes it for forgotten. 0 to 1 h, default 1 s.</summary>
    public TimeSpan SweepGrace { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long the row of a free lock is kept after its last use. At least 1 min, default 1 h. Each key that was used meanwhile takes about
    /// 0.6 KB in the store: ten million keys that are used once an hour are 6 GB.
    /// </summary>
    public TimeSpan IdleRetention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long a request is tried again while the store is away, before it fails and its sender is told. 0 to 10 min, default 20 s. Tries
    /// come at growing intervals, up to 2 s apart.
    /// </summary>
    public TimeSpan StoreRetryTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>
    /// Groups keys for metrics: given a key, returns the name of its group, which becomes the tag <c>locks.key_group</c>; or
    /// <see langword="null"/> for none. Default: no groups, because the number of keys is unbounded. It is called with every decision, and
    /// by several threads at a time, so it has to be quick. What it throws is logged once, and the group is left out.
    /// </summary>
    public Func<string, string?>? KeyGroup { get; set; }

    /// <summary>
    /// How many groups <see cref="KeyGroup"/> may name in the life of a process: 1 to 10,000, default 100. Each is a time series of every
    /// instrument. Keys that would begin one more count as <c>other</c>.
    /// </summary>
    public int MaxKeyGroups { get; set; } = KeyGroups.DefaultMax;

    /// <summary>The numbers that the rules depend on.</summary>
    public LockRulesLimits Limits { get; set; } = new();

    /// <summary>How deadlocks are looked for.</summary>
    public DeadlockOptions Deadlocks { get; set; } = new();

    /// <summary>
    /// The address that the queue is reached at: its exchange, so that a sender never declares the queue itself with other settings.
    /// </summary>
    internal Uri Address => EndpointAddress.Of(QueueName);

    /// <summary>Refuses nonsense.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(QueueName), nameof(QueueName), QueueName, "a queue name");
        Require(ConcurrentRequests is >= 1 and <= 1_000, nameof(ConcurrentRequests), ConcurrentRequests, "1 to 1,000");
        Require(Partitions is >= 0 and <= 64, nameof(Partitions), Partitions, "0 to 64");
        Require(Enum.IsDefined(Durability), nameof(Durability), Durability, string.Join(", ", Enum.GetNames<QueueDurability>()));
        Require(CachedLocks is >= 0 and <= 10_000_000, nameof(CachedLocks), CachedLocks, "0 to 10,000,000");
        Require(SweepInterval >= TimeSpan.FromMilliseconds(100) && SweepInterval <= TimeSpan.FromHours(1),
            nameof(SweepInterval), SweepInterval, "100 ms to 1 h");
        Require(SweepGrace >= TimeSpan.Zero && SweepGrace <= TimeSpan.FromHours(1), nameof(SweepGrace), SweepGrace, "0 to 1 h");
        Require(IdleRetention >= TimeSpan.FromMinutes(1), nameof(IdleRetention), IdleRetention, "1 min or more");
        Require(IdleRetention >= Limits.AttemptMemory, nameof(IdleRetention), IdleRetention,
            $"at least {nameof(Limits)}.{nameof(Limits.AttemptMemory)} ({Limits.AttemptMemory:c})");
        Require(StoreRetryTimeout >= TimeSpan.Zero && StoreRetryTimeout <= TimeSpan.FromMinutes(10),
            nameof(StoreRetryTimeout), StoreRetryTimeout, "0 to 10 min");
        Require(MaxKeyGroups is >= 1 and <= KeyGroups.MostMax, nameof(MaxKeyGroups), MaxKeyGroups, "1 to 10,000");
        Limits.Validate();
        Require(Deadlocks.Interval >= TimeSpan.FromMilliseconds(500) && Deadlocks.Interval <= TimeSpan.FromMinutes(10),
            $"{nameof(Deadlocks)}.{nameof(Deadlocks.Interval)}", Deadlocks.Interval, "500 ms to 10 min");
        Require(Deadlocks.MinAge >= TimeSpan.Zero && Deadlocks.MinAge <= TimeSpan.FromHours(1),
            $"{nameof(Deadlocks)}.{nameof(Deadlocks.MinAge)}", Deadlocks.MinAge, "0 to 1 h");
    }

    private static void Require(bool holds, string name, object? value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(LockCoordinatorOptions)}.{name} is '{value}'; it must be {range}.");
    }
}
