namespace Locks.Coordinator.Domain;

/// <summary>What can be asked of a lock: a closed set.</summary>
internal abstract record LockRequest
{
    private LockRequest()
    {
    }

    /// <summary>Grants the lock, or puts the attempt into the queue.</summary>
    /// <param name="AcquireId">The attempt.</param>
    /// <param name="Owner">The owner, for people to read.</param>
    /// <param name="Ttl">The duration that the attempt wants.</param>
    /// <param name="Wait">How long the attempt is ready to wait. Absent when it does not wait.</param>
    /// <param name="ClientId">The client session of the attempt.</param>
    /// <param name="NotifyQueued">Whether the client wants to know the rank of the attempt in the queue.</param>
    /// <param name="NewToken">A fresh secret for the grant, used unless the attempt has one already.</param>
    /// <param name="ReplyTo">Where the reply goes.</param>
    /// <param name="Lease">The shared lease that the lock is to live on.</param>
    /// <param name="MayJoinCohort">Whether the attempt may be granted together with its neighbours of the same session.</param>
    public sealed record Acquire(
        Guid AcquireId,
        string Owner,
        TimeSpan Ttl,
        TimeSpan? Wait,
        string? ClientId,
        bool NotifyQueued,
        OwnerToken NewToken,
        ReplyTo ReplyTo,
        LeaseSnapshot? Lease = null,
        bool MayJoinCohort = false) : LockRequest;

    /// <summary>Takes an attempt back, whether it waits or holds the lock.</summary>
    /// <param name="AcquireId">The attempt.</param>
    /// <param name="ReplyTo">Where the reply goes. Absent when the client wants none.</param>
    public sealed record Cancel(Guid AcquireId, ReplyTo? ReplyTo = null) : LockRequest;

    /// <summary>Confirms that the client has received an offer, and that of its cohort.</summary>
    public sealed record Confirm(Guid AcquireId, long FencingToken) : LockRequest;

    /// <summary>Extends the holder's duration.</summary>
    public sealed record Renew(OwnerToken Token, TimeSpan Ttl, ReplyTo? ReplyTo) : LockRequest;

    /// <summary>Releases the lock, and keeps it from others for the cooldown. A repeat is recognized by the attempt that was granted.</summary>
    public sealed record Release(OwnerToken Token, ReplyTo? ReplyTo, TimeSpan? Cooldown = null, Guid? AcquireId = null) : LockRequest;

    /// <summary>Takes the lock from its holder; only from one grant when that is named.</summary>
    public sealed record Revoke(Guid RevokeId, string By, long? FencingToken, ReplyTo? ReplyTo, string? Reason = null) : LockRequest;

    /// <summary>Takes an attempt out of the queue, if it waits there: an operator's decision.</summary>
    public sealed record CancelWaiter(Guid AttemptId, string By, string? Reason, ReplyTo? ReplyTo, bool IsDeadlock = false) : LockRequest;

    /// <summary>Does what is due, if the grant is still the one that the timer was set for.</summary>
    public sealed record Expire(long FencingToken) : LockRequest;
}
