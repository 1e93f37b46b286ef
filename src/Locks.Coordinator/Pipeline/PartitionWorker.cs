using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// One of the coordinator's workers: decides the events of its part of the keys one after another, and commits what has come of them in sets.
/// While commits are under way the next events gather, so that a busy worker makes few large commits and an idle one a small one at once. A lock
/// is in one commit at a time; the events that come for it meanwhile are decided, in their order, on what was stored.
/// </summary>
internal sealed class PartitionWorker(ILockStore store, CoordinatorClock clock, LockCache cache, ReplySender sender)
{
    private const int MostInGroup = 1_024;
    private const int MostCommits = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, List<WorkItem>?> _committing = [];
    private List<WorkItem> _arrived = [];
    private int _commits;
    private bool _deciding;

    /// <summary>Brings events in. What becomes of them, each of them is told.</summary>
    public void Post(IReadOnlyList<WorkItem> works)
    {
        lock (_gate)
        {
            _arrived.AddRange(works);
            if (!MayDecide_NeedsGate())
                return;
        }

        _ = DecideAsync();
    }

    private bool HasWork_NeedsGate => _commits < MostCommits && _arrived.Count > 0;

    private bool MayDecide_NeedsGate()
    {
        if (_deciding || !HasWork_NeedsGate)
            return false;

        _deciding = true;
        return true;
    }

    private async Task DecideAsync()
    {
        while (TakeGroup() is { } group)
        {
            Exception? failure = null;
            try
            {
                await group.ReadAsync(FindWarm, CancellationToken.None).ConfigureAwait(false);
                foreach (var work in group.Works)
                    await group.RunAsync(work).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it is, each event's sender is told, and decides whether to try again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }

            _ = FinishAsync(group, failure);
        }
    }

    /// <summary>What can be decided now. Events for locks that are being committed step aside until that is done.</summary>
    private CommitGroup? TakeGroup()
    {
        lock (_gate)
        {
            if (!HasWork_NeedsGate)
            {
                _deciding = false;
                return null;
            }

            var taken = new List<WorkItem>(Math.Min(_arrived.Count, MostInGroup));
            var rest = new List<WorkItem>();
            foreach (var work in _arrived)
            {
                if (_committing.TryGetValue(work.LockId, out var aside))
                {
                    if (aside is null)
                        _committing[work.LockId] = aside = [];
                    aside.Add(work);
                }
                else if (taken.Count < MostInGroup)
                {
                    taken.Add(work);
                }
                else
                {
                    rest.Add(work);
                }
            }

            _arrived = rest;
            if (taken.Count == 0)
            {
                _deciding = false;
                return null;
            }

            foreach (var work in taken)
                _committing.TryAdd(work.LockId, null);
            _commits++;
            return new CommitGroup(store, clock, taken);
        }
    }

    private StoredLock? FindWarm(Guid id)
    {
        lock (_gate)
            return cache.Find(id);
    }

    private async Task FinishAsync(CommitGroup group, Exception? failure)
    {
        CommitGroup.Committed committed = default;
        if (failure is null)
        {
            try
            {
                committed = await group.CommitSetAsync(CancellationToken.None).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // As above.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }
        }

        Release(group, committed, failure);
        var answers = new ReplyBuffer();
        foreach (var work in group.Works)
        {
            if ((failure ?? group.WhyNot(work, committed)) is { } why)
                work.Failed(why, answers);
            else
                work.Stored(answers);
        }

        await sender.SendAsync(answers).ConfigureAwait(false);
    }

    /// <summary>Remembers what was stored, and lets in what has stepped aside.</summary>
    private void Release(CommitGroup group, CommitGroup.Committed committed, Exception? failure)
    {
        lock (_gate)
        {
            List<WorkItem>? returned = null;
            foreach (var work in group.Works)
            {
                if (!_committing.Remove(work.LockId, out var aside))
                    continue;
                if (failure is not null || !committed.Holds(work.LockId))
                    cache.Forget(work.LockId);
                if (aside is not null)
                    (returned ??= []).AddRange(aside);
            }

            if (failure is null)
            {
                foreach (var write in committed.Writes)
                {
                    if (committed.Holds(write.Id))
                        cache.Keep(new StoredLock(write.Id, write.NewVersion, write.State, write.ExpiryTokenId));
                }
            }

            if (returned is not null)
            {
                returned.AddRange(_arrived);
                _arrived = returned;
            }

            _commits--;
            if (!MayDecide_NeedsGate())
                return;
        }

        // Not here: what was stored is to be told first.
        _ = Task.Run(DecideAsync);
    }
}
