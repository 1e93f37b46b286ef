using Locks.Contracts;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using MassTransit;
using MassTransit.Mediator;

namespace Locks.Coordinator.Inbound;

/// <summary>
/// Posts the locks on which something is due to the pipeline, in sets like the commands of a batch. The sets travel through a mediator within
/// this process, and never over the broker.
/// </summary>
internal sealed class ExpiryDispatcher
{
    /// <summary>How many locks are best posted at a time: enough to fill a commit, few enough that commands do not wait long behind them.</summary>
    public const int SetSize = 1_000;

    private readonly LockStateMachine _machine;
    private readonly InProcessScheduler _scheduler;
    private readonly PartitionWorkers _workers;
    private readonly IMediator _mediator;

    public ExpiryDispatcher(LockStateMachine machine, InProcessScheduler scheduler, PartitionWorkers workers)
    {
        _machine = machine;
        _scheduler = scheduler;
        _workers = workers;
        _mediator = Bus.Factory.CreateMediator(mediator => mediator.Handler<ExpiriesDue>(ExecuteAsync));
    }

    /// <summary>Posts a set of locks. Completes when what became of them is stored, and the replies are sent.</summary>
    /// <exception cref="LockConflictException">Other coordinators changed some of them again and again meanwhile. The rest is done.</exception>
    /// <exception cref="Storage.LockStoreUnavailableException">The store is away.</exception>
    public Task DispatchAsync(IReadOnlyList<DueExpiry> locks) => _mediator.Send(new ExpiriesDue(locks));

    private async Task ExecuteAsync(ConsumeContext<ExpiriesDue> context)
    {
        var set = new WorkSet(replyTo: null);
        foreach (var due in context.Message.Locks)
            set.Add(new DueWorkItem(_machine, _scheduler, due));
        await set.ExecuteAsync(context, _workers).ConfigureAwait(false);
    }

    /// <summary>Something is due on these locks.</summary>
    internal sealed record ExpiriesDue(IReadOnlyList<DueExpiry> Locks);

    private sealed class DueWorkItem(LockStateMachine machine, InProcessScheduler scheduler, DueExpiry due) :
        EventWorkItem<LeaseExpired>(
            machine, machine.Expiry.Received, scheduler, due.Message, due.Message.Key, LockKey.ToId(due.Message.Key))
    {
        protected override Task RaiseAsync(CommitGroup group) =>
            due.TokenId is null || due.TokenId == group.Find(LockId)?.ExpiryTokenId ? base.RaiseAsync(group) : Task.CompletedTask;
    }
}
