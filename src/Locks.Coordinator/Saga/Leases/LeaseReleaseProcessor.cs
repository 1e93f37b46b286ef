using Locks.Contracts;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using MassTransit;
using MassTransit.Context;
using MassTransit.Middleware.InMemoryOutbox;

namespace Locks.Coordinator.Saga.Leases;

/// <summary>How far the passing-on of a lease's locks has come.</summary>
internal sealed record ReleaseProgress(bool IsDone);

/// <summary>
/// Passes on the locks of a lease that has ended: a batch is read, each lock is told to look at itself by the same state machine that
/// serves single messages, and the batch is stored in one commit. Only then do timers start and replies leave, and only for the locks that
/// were stored; one that somebody else was busy with comes with the next batch, or sees by itself that its lease is over.
/// </summary>
internal sealed class LeaseReleaseProcessor(ILockStore store, LockStateMachine machine, CoordinatorClock clock, InProcessScheduler timer)
{
    private const int BatchSize = 256;

    public async Task<ReleaseProgress> PassOnAsync(ConsumeContext context, Guid leaseId)
    {
        var ids = await store.Leases.FindLocksAsync(leaseId, BatchSize, context.CancellationToken).ConfigureAwait(false);
        if (ids.Count == 0)
            return new ReleaseProgress(IsDone: true);

        var work = new LockUnitOfWork(store, clock);
        var looks = new List<Look>(ids.Count);
        foreach (var saga in await work.LoadAsync(ids, context.CancellationToken).ConfigureAwait(false))
            looks.Add(await LookAsync(context, saga).ConfigureAwait(false));

        var refused = await work.TryCommitAsync(context.CancellationToken).ConfigureAwait(false);
        foreach (var look in looks.Where(look => !refused.Contains(look.LockId)))
        {
            look.Timers.TakeEffect();
            await look.Replies.ExecutePendingActions(concurrentMessageDelivery: false).ConfigureAwait(false);
        }

        return new ReleaseProgress(IsDone: false);
    }

    private async Task<Look> LookAsync(ConsumeContext context, LockSaga saga)
    {
        var note = new LeaseExpired(saga.Lock.Key, saga.Lock.LastFence);
        var replies = new InMemoryOutboxConsumeContext<LeaseExpired>(new MessageConsumeContext<LeaseExpired>(context, note));
        var timers = new DeferredSchedules(timer);
        timers.Serve(replies);
        var behavior = new MassTransitStateMachine<LockSaga>.BehaviorContextProxy<LeaseExpired>(
            machine, new DefaultSagaConsumeContext<LockSaga, LeaseExpired>(replies, saga), replies, machine.Expiry.Received);
        await ((StateMachine<LockSaga>)machine).RaiseEvent(behavior).ConfigureAwait(false);
        return new Look(saga.CorrelationId, replies, timers);
    }

    private sealed record Look(Guid LockId, InMemoryOutboxConsumeContext Replies, DeferredSchedules Timers);
}
