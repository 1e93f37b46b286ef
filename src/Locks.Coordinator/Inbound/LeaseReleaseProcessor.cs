using Locks.Contracts;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using MassTransit;

namespace Locks.Coordinator.Inbound;

/// <summary>
/// Releases the locks of a lease that has ended, a batch at a time: posts them to the pipeline like locks that are due. A lock that another
/// coordinator is busy with comes with the next batch, or finds by itself that its lease is over.
/// </summary>
internal sealed class LeaseReleaseProcessor(ILockStore store, LockStateMachine machine, InProcessScheduler scheduler, PartitionWorkers workers) :
    ILeaseLocks
{
    private const int BatchSize = 256;

    /// <inheritdoc/>
    public async Task<ReleaseProgress> ReleaseBatchAsync(ConsumeContext context, Guid leaseId)
    {
        var ids = await store.Leases.FindLocksAsync(leaseId, BatchSize, context.CancellationToken).ConfigureAwait(false);
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
