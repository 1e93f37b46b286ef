using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Diagnostics.Tracing;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Storage;
using Locks.Transport;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// Serves the keys of one partition: runs their work items one after another, and commits the decisions in sets. While commits are under way
/// the next items gather, so that a busy worker makes few large commits and an idle one a small one at once. A lock is in one commit at a
/// time; the items that arrive for it meanwhile are run, in their order, on what was stored. Items whose lock turns out to be another than
/// the cache, or an earlier read, had it are run again at once.
/// </summary>
internal sealed class PartitionWorker(
    ILockStore store, CoordinatorClock clock, LockCache cache, ReplySender sender, CommitListeners listeners,
    CoordinatorMeter meter, AttemptTraces traces, TimeProvider time, ILogger<PartitionWorker> logger)
{
    private const int MaxGroup = 1_024;
    private const int MaxCommits = 2;

    private readonly Lock _gate = new();

    // The locks that are being committed, each with the items that have arrived for it meanwhile.
    private readonly Dictionary<Guid, List<WorkItem>?> _committing = [];

    private List<WorkItem> _arrived = [];
    private int _commits;
    private bool _isRunning;

    private bool HasWork_NeedsGate => _commits < MaxCommits && _arrived.Count > 0;

    /// <summary>Takes in items. Each is told what became of it.</summary>
    public void Post(IReadOnlyList<WorkItem> items)
    {
        lock (_gate)
        {
            _arrived.AddRange(items);
            if (!TryStartLoop_NeedsGate())
                return;
        }

        DetachedContext.Run(static worker => _ = ((PartitionWorker)worker!).RunAsync(), this);
    }

    private bool TryStartLoop_NeedsGate()
    {
        if (_isRunning || !HasWork_NeedsGate)
            return false;

        _isRunning = true;
        return true;
    }

    private async Task RunAsync()
    {
        while (TakeGroup() is { } group)
        {
            Exception? failure = null;
            try
            {
                await group.ReadAsync(FindCached, CancellationToken.None).ConfigureAwait(false);
                listeners.Notify((meter, group), static read => read.meter.CountLookups(read.group.CacheHits, read.group.CacheMisses));
                foreach (var item in group.Items)
                    await group.RunAsync(item).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Each item is told, and its sender decides whether to try again.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }

            _ = CommitAsync(group, failure);
        }
    }

    /// <summary>Takes the items that can be run now. Those of locks that are being committed step aside until that is done.</summary>
    private CommitGroup? TakeGroup()
    {
        lock (_gate)
        {
            if (!HasWork_NeedsGate)
            {
                _isRunning = false;
                return null;
            }

            var taken = new List<WorkItem>(Math.Min(_arrived.Count, MaxGroup));
            var rest = new List<WorkItem>();
            foreach (var item in _arrived)
            {
                if (_committing.TryGetValue(item.LockId, out var aside))
                {
                    if (aside is null)
                        _committing[item.LockId] = aside = [];
                    aside.Add(item);
                }
                else if (taken.Count < MaxGroup)
                {
                    taken.Add(item);
                }
                else
                {
                    rest.Add(item);
                }
            }

            _arrived = rest;
            if (taken.Count == 0)
            {
                _isRunning = false;
                return null;
            }

            foreach (var item in taken)
                _committing.TryAdd(item.LockId, null);
            _commits++;
            return new CommitGroup(store, clock, taken);
        }
    }

    private StoredLock? FindCached(Guid id)
    {
        lock (_gate)
            return cache.Find(id);
    }

    private async Task CommitAsync(CommitGroup group, Exception? failure)
    {
        CommitResult result = default;
        var trace = CommitTrace.Begin();
        if (failure is null)
        {
            try
            {
                result = await MeasuredCommitAsync(group).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // As above.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                failure = exception;
            }
        }

        trace?.Stored();
        var replies = new ReplyBuffer();
        var decisions = new List<Decision>(group.Items.Count);
        List<WorkItem>? again = null;
        var undecided = 0;
        foreach (var item in group.Items)
        {
            if ((failure ?? group.FailureOf(item, result)) is not { } why)
            {
                item.Commit(replies, decisions);
                undecided += item.IsUndecided ? 1 : 0;
            }
            else if (why is LockConflictException && (!result.Refused.Contains(item.LockId) || item.Conflicts++ < LockConflictException.MaxInARow))
            {
                (again ??= []).Add(item);
            }
            else
            {
                item.Fail(why, replies);
            }
        }

        // Before the locks are released for the next commit, so that the observers are notified in the order of the commits.
        listeners.OnCommitted(decisions);
        if (failure is null && result.Refused.Count > 0)
            listeners.Notify((logger, group, result), static commit => LogConflict(commit.logger, commit.group, commit.result));
        if (undecided > 0)
            listeners.Notify((meter, undecided), static commit => commit.meter.CountOutdated(commit.undecided));
        if (trace is not null)
            listeners.Notify((trace, group, decisions, traces, failure), static commit =>
                commit.trace.Link(commit.group.Items, commit.decisions, commit.traces, commit.failure));

        // Before the others are let in again: their list takes in what arrives from then on.
        var ended = again is null ? group.Items : [.. group.Items.Except(again)];
        Release(group, result, failure, again);
        var unsent = await sender.SendAsync(replies).ConfigureAwait(false);
        listeners.Notify((trace, ended), static commit => EndSpans(commit.trace, commit.ended));
        foreach (var item in ended)
            item.Set.RepliesSent(unsent);
    }

    private static void LogConflict(ILogger logger, CommitGroup group, CommitResult result) =>
        logger.DecidingAgain(result.Refused.Count, group.KeyOf(result.Refused.First()));

    private static void EndSpans(CommitTrace? trace, IReadOnlyList<WorkItem> items)
    {
        trace?.End();
        foreach (var item in items)
            item.Span?.End(item.Failure);
    }

    private async Task<CommitResult> MeasuredCommitAsync(CommitGroup group)
    {
        var begun = time.GetTimestamp();
        try
        {
            var result = await group.CommitAsync(CancellationToken.None).ConfigureAwait(false);

            // Nothing was asked of the store otherwise.
            if (result.Writes.Count > 0)
                RecordCommit(begun, result.Writes.Count - result.Refused.Count, failure: null);
            return result;
        }
        catch (Exception exception)
        {
            RecordCommit(begun, locks: 0, exception);
            throw;
        }
    }

    private void RecordCommit(long begun, int locks, Exception? failure) => listeners.Notify(
        (meter, Duration: time.GetElapsedTime(begun), locks, failure),
        static commit => commit.meter.RecordCommit(commit.Duration, commit.locks, commit.failure));

    /// <summary>Caches what was stored, and lets in the items that have stepped aside, after those that are to be run again.</summary>
    private void Release(CommitGroup group, CommitResult result, Exception? failure, List<WorkItem>? again)
    {
        lock (_gate)
        {
            var returned = again;
            foreach (var item in group.Items)
            {
                if (!_committing.Remove(item.LockId, out var aside))
                    continue;
                if (failure is not null || !result.Holds(item.LockId))
                    cache.Remove(item.LockId);
                if (aside is not null)
                    (returned ??= []).AddRange(aside);
            }

            if (failure is null)
            {
                foreach (var write in result.Writes)
                {
                    if (result.Holds(write.Id))
                        cache.Put(new StoredLock(write.Id, write.NewVersion, write.State, write.ExpiryTokenId));
                }
            }

            if (returned is not null)
            {
                returned.AddRange(_arrived);
                _arrived = returned;
            }

            _commits--;
            if (!TryStartLoop_NeedsGate())
                return;
        }

        // Elsewhere, because the replies of this commit leave first.
        _ = Task.Run(RunAsync);
    }
}
