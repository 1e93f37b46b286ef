namespace Locks.Coordinator.Domain;

/// <summary>
/// What a decision brought about: a closed set. Replies, stored changes of the line and metrics are all read off the same outcomes.
/// </summary>
public abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>An attempt holds the lock; told once when it is granted and again to each repeat of its request.</summary>
    /// <param name="Grant">The grant.</param>
    /// <param name="Waited">The waiter it was, when it comes out of the line just now.</param>
    /// <param name="Repeated">Whether this only repeats an earlier answer.</param>
    /// <param name="ReplyTo">Where the answer goes.</param>
    public sealed record Granted(Holder Grant, Waiter? Waited, bool Repeated, ReplyTo ReplyTo) : Outcome;

    /// <summary>An attempt gets no lock, now or later.</summary>
    /// <param name="AcquireId">The attempt.</param>
    /// <param name="Why">What to tell it.</param>
    /// <param name="Holder">Who holds the lock instead.</param>
    /// <param name="RetryAfter">When that holder's lease ends, from now.</param>
    /// <param name="ReplyTo">Where the answer goes.</param>
    public sealed record Denied(Guid AcquireId, string Why, Holder? Holder, TimeSpan? RetryAfter, ReplyTo ReplyTo) : Outcome;

    /// <summary>An attempt came into the line, or stays there under a new address.</summary>
    public sealed record Enqueued(Waiter Waiter) : Outcome;

    /// <summary>An attempt left the line: granted, cancelled, timed out or passed over.</summary>
    public sealed record Dequeued(Waiter Waiter) : Outcome;

    /// <summary>An attempt's turn came when nothing had been heard of its session for long. Should it be alive after all, it may attempt anew.</summary>
    public sealed record PassedOver(Waiter Waiter) : Outcome;

    /// <summary>An attempt is told its place in the line, and whom it waits for.</summary>
    public sealed record RankReported(Guid AcquireId, int Place, Holder? Holder, TimeSpan? RetryAfter, ReplyTo ReplyTo) : Outcome;

    /// <summary>The holder's lease was extended.</summary>
    public sealed record Renewed(Holder Grant, TimeSpan Lease, ReplyTo? ReplyTo) : Outcome;

    /// <summary>A renewal came too late or from somebody else.</summary>
    public sealed record RenewalRefused(string Why, ReplyTo? ReplyTo) : Outcome;

    /// <summary>The holder gave the lock back.</summary>
    public sealed record Released(Holder Grant, ReplyTo? ReplyTo) : Outcome;

    /// <summary>A release came too late or from somebody else.</summary>
    public sealed record ReleaseRefused(ReplyTo? ReplyTo) : Outcome;

    /// <summary>The holder's lease ended.</summary>
    public sealed record Expired(Holder Grant) : Outcome;

    /// <summary>Somebody took the lock from its holder.</summary>
    public sealed record Revoked(Holder Grant, string By, ReplyTo? ReplyTo) : Outcome;

    /// <summary>A revocation came again; the lock is whoever's it is now.</summary>
    public sealed record RevocationRepeated(ReplyTo? ReplyTo) : Outcome;

    /// <summary>A holder is told, unasked, that the lock was taken from it.</summary>
    public sealed record LossTold(Holder Grant, string Why, string? By, ReplyTo ReplyTo) : Outcome;
}
