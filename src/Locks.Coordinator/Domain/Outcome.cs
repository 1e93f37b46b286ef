namespace Locks.Coordinator.Domain;

/// <summary>
/// What a decision brought about: a closed set. Replies, changes of the stored queue, metrics and logs are all derived from the same outcomes.
/// </summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>An attempt holds the lock. The reply is sent when it is granted, and again to each repeat of its request.</summary>
    /// <param name="Grant">The grant.</param>
    /// <param name="Waited">The waiter, when the attempt leaves the queue by this grant.</param>
    /// <param name="Repeated">Whether this only repeats an earlier reply.</param>
    /// <param name="ReplyTo">Where the reply goes.</param>
    public sealed record Granted(Holder Grant, Waiter? Waited, bool Repeated, ReplyTo ReplyTo) : Outcome;

    /// <summary>An attempt does not get the lock, now or later.</summary>
    /// <param name="AcquireId">The attempt.</param>
    /// <param name="Owner">The owner that the attempt named.</param>
    /// <param name="Why">The reason for the reply.</param>
    /// <param name="Holder">The current grant, when there is one.</param>
    /// <param name="RetryAfter">When that grant ends, from now.</param>
    /// <param name="ReplyTo">Where the reply goes.</param>
    /// <param name="Detail">More about the reason, for people to read.</param>
    public sealed record Denied(
        Guid AcquireId, string Owner, string Why, Holder? Holder, TimeSpan? RetryAfter, ReplyTo ReplyTo, string? Detail = null) : Outcome;

    /// <summary>An attempt entered the queue, or stays there under a new address.</summary>
    public sealed record Enqueued(Waiter Waiter) : Outcome;

    /// <summary>An attempt left the queue: granted, cancelled, timed out or passed over.</summary>
    public sealed record Dequeued(Waiter Waiter) : Outcome;

    /// <summary>An attempt was next, but its session had been silent for long. If the client is alive after all, it may attempt anew.</summary>
    public sealed record PassedOver(Waiter Waiter) : Outcome;

    /// <summary>A client took its attempt back, and asked who holds the lock that it did not get.</summary>
    public sealed record CancelAnswered(Guid AcquireId, Holder? Holder, TimeSpan? RetryAfter, ReplyTo ReplyTo) : Outcome;

    /// <summary>A client asked for the rank of its attempt in the queue, and for the holder that it waits for.</summary>
    public sealed record RankReported(Guid AcquireId, int Rank, Holder? Holder, TimeSpan? RetryAfter, ReplyTo ReplyTo) : Outcome;

    /// <summary>The holder's duration was extended.</summary>
    public sealed record Renewed(Holder Grant, TimeSpan Ttl, ReplyTo? ReplyTo) : Outcome;

    /// <summary>A renewal came too late, or did not come from the holder.</summary>
    public sealed record RenewalRefused(string Why, ReplyTo? ReplyTo) : Outcome;

    /// <summary>The holder released the lock.</summary>
    public sealed record Released(Holder Grant, ReplyTo? ReplyTo) : Outcome;

    /// <summary>A release arrived again, after the lock was released. It changes nothing.</summary>
    public sealed record ReleaseRepeated(ReplyTo? ReplyTo) : Outcome;

    /// <summary>A release came too late, or did not come from the holder; or a revocation found no grant to take.</summary>
    public sealed record ReleaseRefused(ReplyTo? ReplyTo) : Outcome;

    /// <summary>The holder's duration, its shared lease or the cooldown ended.</summary>
    public sealed record Expired(Holder Grant) : Outcome;

    /// <summary>The lock was taken from its holder.</summary>
    public sealed record Revoked(Holder Grant, string By, ReplyTo? ReplyTo, string? Reason = null) : Outcome;

    /// <summary>An operator took an attempt out of the queue.</summary>
    public sealed record WaiterCancelled(Waiter Waiter, string By, string? Reason, ReplyTo? ReplyTo) : Outcome;

    /// <summary>A cancellation of a waiter arrived again. It changes nothing.</summary>
    public sealed record WaiterCancelRepeated(Guid AttemptId, ReplyTo? ReplyTo) : Outcome;

    /// <summary>An operator wanted to take an attempt out of the queue that did not wait there.</summary>
    public sealed record WaiterNotFound(Guid AttemptId, ReplyTo? ReplyTo) : Outcome;

    /// <summary>A revocation arrived again. It takes nothing from the current holder.</summary>
    public sealed record RevocationRepeated(ReplyTo? ReplyTo) : Outcome;

    /// <summary>A client is notified, unasked, that it has lost the lock.</summary>
    public sealed record LossNotified(Holder Grant, string Why, string? By, ReplyTo ReplyTo, string? Detail = null) : Outcome;
}
