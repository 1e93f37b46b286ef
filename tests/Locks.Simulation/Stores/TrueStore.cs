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

    /// <summary>The product's store.</summary>
    public InMemoryLockStore Inner { get; } = new();

    /// <summary>Until when every call fails.</summary>
    public TimeSpan AwayUntil { get; set; }

    /// <summary>The time of the store's clock, which is right.</summary>
    public DateTimeOffset Time => Start + world.Now;

    /// <summary>The locks, as they are stored.</summary>
    public IReadOnlyCollection<StoredLock> Locks => _stored.Values;

    /// <summary>Stores locks, and has the checker look at what became of each.</summary>
    public IReadOnlySet<Guid> Commit(IReadOnlyList<LockWrite> writes)
    {
        if (world.Defect == Defect.ForgetVersion)
            writes = [.. writes.Select(write => write with { ExpectedVersion = _stored.GetValueOrDefault(write.Id)?.Version ?? 0 })];
        if (world.Defect == Defect.ReuseFence)
            writes = [.. writes.Select(WithOldFence)];

        var refused = Inner.CommitAsync(writes, CancellationToken.None).Result;
        world.Tally.Add("conflicts", refused.Count);
        foreach (var write in writes)
        {
            if (refused.Contains(write.Id))
                continue;
            world.Checker.Commits.Stored(_stored.GetValueOrDefault(write.Id)?.State, write.State, Time);
            _stored[write.Id] = new StoredLock(write.Id, write.NewVersion, write.State, write.ExpiryTokenId);
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

    private LockWrite WithOldFence(LockWrite write)
    {
        if (write.State.Holder is not { Cohort: null } holder
            || _stored.GetValueOrDefault(write.Id)?.State is not { LastFence: > 0 } before
            || before.Holder?.Token == holder.Token)
            return write;

        var reused = holder with { FencingToken = before.LastFence };
        return write with { State = write.State with { LastFence = before.LastFence, Holder = reused } };
    }
}
