using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;
using Locks.Simulation.Defects;
using Locks.Simulation.Running;

namespace Locks.Simulation.Stores;

/// <summary>
/// The one truth of all coordinators: the product's in-memory store, with a clock of its own. Each call takes effect at one moment.
/// </summary>
internal sealed class TrueStore(World world)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<Guid, StoredLock> _stored = [];
    private readonly Dictionary<Guid, LockState> _former = [];
    private readonly Dictionary<Guid, LeaseState> _leases = [];

    /// <summary>The product's store.</summary>
    public InMemoryLockStore Inner { get; } = new();

    /// <summary>Until when every call fails.</summary>
    public TimeSpan AwayUntil { get; set; }

    /// <summary>The time of the store's clock, which is right.</summary>
    public DateTimeOffset Time => Start + world.Now;

    /// <summary>The locks, as they are stored.</summary>
    public IReadOnlyCollection<StoredLock> Locks => _stored.Values;

    /// <summary>The shared leases, as they were stored last.</summary>
    public IReadOnlyCollection<LeaseState> Leases => _leases.Values;

    /// <summary>The version of a shared lease; 0 if it is not stored.</summary>
    public long VersionOf(Guid leaseId) => Inner.Leases.LoadAsync([leaseId], CancellationToken.None).Result is [var lease] ? lease.Version : 0;

    /// <summary>A lock, as it is stored.</summary>
    public StoredLock? Find(Guid id) => _stored.GetValueOrDefault(id);

    /// <summary>A lock, as it was before its last write; as it is where there was one write alone.</summary>
    public LockState Former(StoredLock stored) => _former.GetValueOrDefault(stored.Id, stored.State);

    /// <summary>Stores locks, and has the checker look at what became of each.</summary>
    public IReadOnlySet<Guid> Commit(IReadOnlyList<LockWrite> writes)
    {
        writes = AlteredWrites.Of(writes, this, world.Defect);
        var refused = Inner.CommitAsync(writes, CancellationToken.None).Result;
        world.Tally.Add("conflicts", refused.Count);
        foreach (var write in writes)
        {
            if (refused.Contains(write.Id))
                continue;
            var before = Find(write.Id)?.State;
            world.Checker.Commits.Stored(before, write.State, Time);
            if (before is not null)
                _former[write.Id] = before;
            _stored[write.Id] = new StoredLock(write.Id, write.NewVersion, write.State, write.ExpiryTokenId);
        }

        return refused;
    }

    /// <summary>Stores shared leases, and has the checker look at what became of each.</summary>
    public IReadOnlySet<Guid> Commit(IReadOnlyList<LeaseWrite> writes)
    {
        writes = AlteredWrites.Of(writes, this, world.Defect);
        var refused = Inner.Leases.CommitAsync(writes, CancellationToken.None).Result;
        world.Tally.Add("conflicts about leases", refused.Count);
        foreach (var write in writes)
        {
            if (refused.Contains(write.State.Id))
                continue;
            var locks = Inner.Leases.CountLocksAsync(write.State.Id, CancellationToken.None).Result;
            world.Checker.Leases.Stored(write.State, locks, Time);
            _leases[write.State.Id] = write.State;
        }

        return refused;
    }

    /// <summary>Deletes idle locks.</summary>
    public int Purge(DateTimeOffset idleSince, int limit)
    {
        var count = Inner.PurgeIdleAsync(idleSince, limit, CancellationToken.None).Result;
        if (count == 0)
            return 0;

        var left = Inner.LoadAsync([.. _stored.Keys], CancellationToken.None).Result.Select(stored => stored.Id).ToHashSet();
        foreach (var id in _stored.Keys.Where(id => !left.Contains(id)).ToArray())
            _stored.Remove(id);
        return count;
    }
}
