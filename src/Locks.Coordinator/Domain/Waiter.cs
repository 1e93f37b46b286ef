namespace Locks.Coordinator.Domain;

/// <summary>An attempt that waits in line.</summary>
/// <param name="Ticket">Its ticket; tickets rise and are never used twice for a key.</param>
/// <param name="AcquireId">The attempt.</param>
/// <param name="Owner">Who waits, for people.</param>
/// <param name="Token">The secret it will hold the lock with.</param>
/// <param name="Lease">The lease it asked for.</param>
/// <param name="QueuedAt">When it came into the line.</param>
/// <param name="Deadline">When it gives up.</param>
/// <param name="ClientId">The client session that waits, when it named itself.</param>
/// <param name="ReplyTo">Where its grant is sent.</param>
/// <param name="SharedLease">The shared lease that its grant is to live on, instead of having one of its own.</param>
/// <param name="MayJoinCohort">Whether it may be granted together with others of its session that stand right before or behind it.</param>
public sealed record Waiter(
    long Ticket,
    Guid AcquireId,
    string Owner,
    OwnerToken Token,
    TimeSpan Lease,
    DateTimeOffset QueuedAt,
    DateTimeOffset Deadline,
    string? ClientId,
    ReplyTo ReplyTo,
    SharedLease? SharedLease = null,
    bool MayJoinCohort = false)
{
    /// <summary>Whether another may hold the lock right after this one, with the same token and on the same lease.</summary>
    public bool MayShareCohortWith(Waiter other) =>
        CanJoinCohort && other.CanJoinCohort
        && ClientId == other.ClientId && Owner == other.Owner && Lease == other.Lease && ReplyTo.Address == other.ReplyTo.Address;

    private bool CanJoinCohort => MayJoinCohort && ClientId is not null && SharedLease is null;
}
