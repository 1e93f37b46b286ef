namespace Locks.Coordinator.Domain;

/// <summary>What can be asked of a lock: a closed set.</summary>
public abstract record LockRequest
{
    private LockRequest()
    {
    }

    /// <summary>Grant the lock, or put the attempt in line.</summary>
    /// <param name="AcquireId">The attempt.</param>
    /// <param name="Owner">Who asks, for people.</param>
    /// <param name="Lease">The lease it wants.</param>
    /// <param name="Wait">How long it is ready to wait; not at all when absent.</param>
    /// <param name="ClientId">The client session that asks.</param>
    /// <param name="NotifyQueued">Whether it wants to be told its place in the line.</param>
    /// <param name="NewToken">A fresh secret for the grant, used unless the attempt has one already.</param>
    /// <param name="ReplyTo">Where the answer goes.</param>
    /// <param name="OnLease">The shared lease that the lock is to live on.</param>
    /// <param name="MayJoinCohort">Whether it may be granted together with others of its session.</param>
    public sealed record Acquire(
        Guid AcquireId,
        string Owner,
        TimeSpan Lease,
        TimeSpan? Wait,
        string? ClientId,
        bool NotifyQueued,
        OwnerToken NewToken,
        ReplyTo ReplyTo,
        SharedLease? OnLease = null,
        bool MayJoinCohort = false) : LockRequest;

    /// <summary>Take an attempt back, wherever it has got to.</summary>
    public sealed record Cancel(Guid AcquireId) : LockRequest;

    /// <summary>A waiter has received its grant, and that of its cohort.</summary>
    public sealed record Confirm(Guid AcquireId, long FencingToken) : LockRequest;

    /// <summary>Extend the holder's lease.</summary>
    public sealed record Renew(OwnerToken Token, TimeSpan Lease, ReplyTo? ReplyTo) : LockRequest;

    /// <summary>Give the lock back, and keep it from everybody for as long as is said.</summary>
    public sealed record Release(OwnerToken Token, ReplyTo? ReplyTo, TimeSpan? Cooldown = null) : LockRequest;

    /// <summary>Take the lock from whoever holds it, or from one grant alone.</summary>
    public sealed record Revoke(Guid RevokeId, string By, long? FencingToken, ReplyTo? ReplyTo) : LockRequest;

    /// <summary>Look whether something is due, if the grant is still the one that the timer was set for.</summary>
    public sealed record Expire(long FencingToken) : LockRequest;
}
