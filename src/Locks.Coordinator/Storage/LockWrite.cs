using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Storage;

/// <summary>One lock's new state.</summary>
/// <param name="Id">The lock's id.</param>
/// <param name="ExpectedVersion">The version that the new state was decided on; 0 when the lock was not stored.</param>
/// <param name="NewVersion">The version that it gets.</param>
/// <param name="State">The new state.</param>
/// <param name="ExpiryTokenId">The timer that is set for it.</param>
/// <param name="WrittenAt">The coordinator's time.</param>
/// <param name="Enqueued">The waiters to store, new ones and ones with a new address; by ticket.</param>
/// <param name="Dequeued">The tickets of stored waiters that have left the queue; none of those that are enqueued.</param>
/// <param name="AttachesTo">
/// The shared leases, each once, that this write grants the lock on or queues waiters for. The write is refused unless all of them are stored
/// as active at that moment.
/// </param>
internal sealed record LockWrite(
    Guid Id,
    long ExpectedVersion,
    long NewVersion,
    LockState State,
    Guid? ExpiryTokenId,
    DateTimeOffset WrittenAt,
    IReadOnlyCollection<Waiter> Enqueued,
    IReadOnlyCollection<long> Dequeued,
    IReadOnlyCollection<Guid> AttachesTo)
{
    /// <summary>
    /// The version that follows: strictly higher, and never one that an earlier row of the same key had before it was purged.
    /// </summary>
    public static long VersionAfter(long version, DateTimeOffset now) => Math.Max(version + 1, Micros.Of(now));
}
