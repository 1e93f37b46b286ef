using Locks.Contracts;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>
/// Releases the locks of a lease that has ended, and ends the waits for locks on it, a batch at a time: posts these locks to the pipeline like
/// locks that are due. A lock that another coordinator is busy with comes with the next batch, or finds by itself that its lease is over.
/// </summary>
internal sealed class LeaseReleaseProcessor(ILockStore store, LockStateMachine machine, InProcessScheduler scheduler, PartitionWorkers workers) :
    ILeaseLocks
{
    private const int BatchSize = 256;

    /// <inheritdoc/>
    public async Task<ReleaseProgress> ReleaseBatchAsync(ConsumeContext context, Guid leaseId)
    {
        var ids = await FindAsync(leaseId, context.CancellationToken).ConfigureAwait(false);
        if (ids.Count == 0)
            return new ReleaseProgress(IsDone: true);

        var set = new WorkSet(replyTo: null);
        foreach (var id in ids)
            set.Add(new LeaseEndWorkItem(machine, scheduler, id));
        try
        {
            await set.ExecuteAsync(context, workers).ConfigureAwait(false);
        }
        catch (LockConflictException)
        {
            // The next batch finds those that are left.
        }

        return new ReleaseProgress(IsDone: false);
    }

    /// <inheritdoc/>
    public Task<int> CountAsync(Guid leaseId, CancellationToken cancellationToken) =>
        store.Leases.CountLocksAsync(leaseId, cancellationToken);

    /// <summary>The locks that are waited for on the lease, whose waiters wait in vain, and then those that are held on it.</summary>
    private async Task<IReadOnlyCollection<Guid>> FindAsync(Guid leaseId, CancellationToken cancellationToken)
    {
        var ids = (await store.Leases.FindWaitedForAsync(leaseId, BatchSize, cancellationToken).ConfigureAwait(false)).ToHashSet();
        if (ids.Count < BatchSize)
            ids.UnionWith(await store.Leases.FindLocksAsync(leaseId, BatchSize - ids.Count, cancellationToken).ConfigureAwait(false));
        return ids;
    }

    /// <summary>Raises the expiry of whatever grant the lock has when it is read.</summary>
    private sealed class LeaseEndWorkItem(LockStateMachine machine, InProcessScheduler scheduler, Guid lockId) : WorkItem(lockId, scheduler)
    {
        public override string Name => nameof(LeaseExpired);

        public override ConsumeContext? Origin => null;

        protected override Task RaiseAsync(CommitGroup group)
        {
            if (group.Find(LockId) is not { } saga)
                return Task.CompletedTask;

            var message = new LeaseExpired(saga.Lock.Key, saga.Lock.LastFence);
            return ((StateMachine<LockSaga>)machine).RaiseEvent(
                new EventContext<LeaseExpired>(machine, machine.Expiry.Received, saga, message, this, requestId: null, responseAddress: null));
        }
    }
}
