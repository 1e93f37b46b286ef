namespace Locks.Coordinator.Domain;

/// <summary>An attempt that waits in the queue.</summary>
/// <param name="Ticket">Its ticket. Tickets rise, and none is used twice for a key.</param>
/// <param name="AcquireId">The attempt.</param>
/// <param name="Owner">The owner that the attempt named, for people to read.</param>
/// <param name="Token">The secret that it will hold the lock with.</param>
/// <param name="Ttl">The duration that it asked for.</param>
/// <param name="QueuedAt">When it entered the queue.</param>
/// <param name="Deadline">When its wait ends.</param>
/// <param name="ClientId">The client session of the attempt, when it named one.</param>
/// <param name="ReplyTo">Where its grant is sent.</param>
/// <param name="Lease">The shared lease that its grant is to live on. Absent when the lock gets a duration of its own.</param>
/// <param name="MayJoinCohort">Whether it may be granted together with its neighbours of the same session.</param>
internal sealed record Waiter(
    long Ticket,
    Guid AcquireId,
    string Owner,
    OwnerToken Token,
    TimeSpan Ttl,
    DateTimeOffset QueuedAt,
    DateTimeOffset Deadline,
    string? ClientId,
    ReplyTo ReplyTo,
    LeaseSnapshot? Lease = null,
    bool MayJoinCohort = false)
{
    private bool CanJoinCohort => MayJoinCohort && ClientId is not null && Lease is null;

    /// <summary>Whether another waiter may hold the lock after this one, with the same token and on the same duration.</summary>
    public bool MayShareCohortWith(Waiter other) =>
        CanJoinCohort && other.CanJoinCohort
        && ClientId == other.ClientId && Owner == other.Owner && Ttl == other.Ttl && ReplyTo.Address == other.ReplyTo.Address;
}
