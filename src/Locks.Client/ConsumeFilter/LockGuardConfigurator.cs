using Locks.Client.ConsumeFilter;
using Locks.Contracts;

namespace Locks.Client;

/// <summary>
/// How a guard holds its locks, and its one policy for a lock that another owner holds. Default: it skips the message.
/// </summary>
public sealed class LockGuardConfigurator
{
    private BusyPolicy? _whenBusy;

    /// <summary>
    /// The lock's lease: 100 ms to 24 h. Default: <see cref="LockClientOptions.DefaultLease"/>. It is renewed every third of it while the
    /// consumer runs, so it decides only how long a holder that crashed keeps others waiting.
    /// </summary>
    public TimeSpan? Lease { get; set; }

    /// <summary>The lock's owner, for people: 1 to 256 UTF-8 bytes. Default: <see cref="LockClientOptions.Owner"/>.</summary>
    public string? Owner { get; set; }

    /// <summary>
    /// How long a message may be consumed under its lock at most: its lease to 30 days. Default: no limit. Then the consumer's cancellation
    /// token fires and the lock is not renewed any more; one that goes on all the same goes on without the lock
    /// (<see cref="LockOptions.MaxHold"/>).
    /// </summary>
    public TimeSpan? MaxHold { get; set; }

    internal BusyPolicy WhenBusy => _whenBusy ?? new BusyPolicy.Skip();

    /// <summary>
    /// Acknowledges the message without consuming it; counted and logged. Only for messages that mean the same work when they have the same
    /// key. A request that is skipped is never answered.
    /// </summary>
    /// <remarks>
    /// A delivery that the broker marks as redelivered is never skipped, because the holder may be its own earlier delivery: in a process
    /// that died, on a connection that broke, or at work for longer than the broker waits for an acknowledgement. It waits in the lock's
    /// queue until the lock is free, and is consumed then, perhaps once more. After 15 minutes it goes to the tail of its broker queue, as
    /// a copy, and waits anew.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The guard has a policy for a busy lock already.</exception>
    public void SkipWhenBusy() => SetPolicy(new BusyPolicy.Skip());

    /// <summary>
    /// Waits in the lock's queue, first in first out, and fails with <see cref="LockTimeoutException"/> when the lock is not granted in
    /// time. The message stays unacknowledged meanwhile; brokers limit that (RabbitMQ to 30 minutes by default). When the endpoint stops,
    /// the message leaves the queue and goes back to the broker.
    /// </summary>
    /// <param name="limit">How long to wait: 1 ms to 24 h. More than the lease, so that no message fails because a holder crashed.</param>
    /// <exception cref="ArgumentException">The limit is out of range.</exception>
    /// <exception cref="InvalidOperationException">The guard has a policy for a busy lock already.</exception>
    public void WaitWhenBusy(TimeSpan limit)
    {
        LockLimits.CheckWait(limit)?.Throw(nameof(limit));
        SetPolicy(new BusyPolicy.Wait(limit));
    }

    /// <summary>
    /// Has the message redelivered after a delay, at the tail of its endpoint's queue, and fails with <see cref="LockBusyException"/> when
    /// that was done as often as allowed.
    /// </summary>
    /// <remarks>
    /// Where the endpoint has a redelivery (<c>UseScheduledRedelivery</c>, <c>UseDelayedRedelivery</c>) or a message scheduler, that
    /// holds the message meanwhile. Where not, the message stays unacknowledged for the delay. Then a copy is sent to the endpoint's own
    /// queue, and the message is acknowledged once the broker has confirmed the copy: a crash in between makes a duplicate, and loses
    /// nothing. These redeliveries are counted by themselves, apart from those of a retry policy (<c>MT-Redelivery-Count</c>).
    /// </remarks>
    /// <param name="delay">
    /// How long to wait before the redelivery: 1 ms to 15 min, within what brokers allow a message to stay unacknowledged.
    /// </param>
    /// <param name="maxTimes">How often the message is redelivered at most: 1 to 10,000 times.</param>
    /// <exception cref="ArgumentException">The delay or the number is out of range.</exception>
    /// <exception cref="InvalidOperationException">The guard has a policy for a busy lock already.</exception>
    public void RedeliverWhenBusy(TimeSpan delay, int maxTimes)
    {
        var isDelayInRange = delay >= BusyPolicy.Redeliver.MinDelay && delay <= BusyPolicy.Redeliver.MaxDelay;
        Require(isDelayInRange, nameof(delay), delay, "1 ms to 15 min");
        var isNumberInRange = maxTimes is >= 1 and <= BusyPolicy.Redeliver.MaxRedeliveries;
        Require(isNumberInRange, nameof(maxTimes), maxTimes, $"1 to {BusyPolicy.Redeliver.MaxRedeliveries}");
        SetPolicy(new BusyPolicy.Redeliver(delay, maxTimes));
    }

    /// <summary>Fails with <see cref="LockBusyException"/> at once; the endpoint's retry policy decides what becomes of it.</summary>
    /// <exception cref="InvalidOperationException">The guard has a policy for a busy lock already.</exception>
    public void FaultWhenBusy() => SetPolicy(new BusyPolicy.Fault());

    internal LockOptions CreateLockOptions()
    {
        if (Lease is { } lease)
            LockLimits.CheckLease(lease)?.Throw(nameof(Lease));
        if (Owner is not null)
            LockLimits.CheckOwner(Owner)?.Throw(nameof(Owner));
        if (MaxHold is { } limit)
            HoldLimit.Check(limit, Lease ?? LockLimits.MinLease)?.Throw(nameof(MaxHold));
        return new LockOptions { Lease = Lease, Owner = Owner, AutoRenew = true, MaxHold = MaxHold };
    }

    private static void Require(bool holds, string name, object value, string range)
    {
        if (!holds)
            throw new ArgumentOutOfRangeException(name, value, $"{nameof(RedeliverWhenBusy)}: {name} is {value}; it must be {range}.");
    }

    private void SetPolicy(BusyPolicy policy) => _whenBusy = _whenBusy is { } other
        ? throw new InvalidOperationException(
            $"The guard has one policy for a busy lock, and that is {other.Name} already; it can't be {policy.Name}, too.")
        : policy;
}
