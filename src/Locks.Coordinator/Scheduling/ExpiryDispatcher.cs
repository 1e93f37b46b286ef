using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Saga;
using Locks.Coordinator.Saga.Batches;
using MassTransit;
using MassTransit.Context;
using MassTransit.Mediator.Contexts;
using MassTransit.Observables;
using MassTransit.Serialization;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Scheduling;

/// <summary>A note that something is due on a lock.</summary>
/// <param name="Note">The note.</param>
/// <param name="TokenId">
/// The timer that went off. It is heeded only as long as it is the lock's: another coordinator may have set one since, and called this one off
/// without being heard here. Nothing where the stored time tells.
/// </param>
internal sealed record DueExpiry(LeaseExpired Note, Guid? TokenId = null);

/// <summary>
/// Has locks look at themselves on which something is due: straight through the workers, in sets like the commands of a batch, with no message
/// over the broker.
/// </summary>
internal sealed class ExpiryDispatcher(
    LockStateMachine machine, InProcessScheduler timer, PartitionWorkers workers, ReplySender sender, IBus bus, IOptions<LockCoordinatorOptions> options)
{
    /// <summary>How many are best woken at a time: enough to fill a commit, few enough that commands need not wait long behind them.</summary>
    public const int SetSize = 1_000;

    private const int MostTries = 10;

    private readonly Lazy<ConsumeContext> _context = new(() => NoMessage(bus, options.Value.Address));

    /// <summary>Wakes a set of locks, and completes when what has come of it is stored and told.</summary>
    /// <exception cref="LockConflictException">Others have changed some of them again and again meanwhile. The rest is done.</exception>
    /// <exception cref="Storage.LockStoreUnavailableException">The store is away.</exception>
    public async Task WakeAsync(IEnumerable<DueExpiry> set)
    {
        var batch = new BatchExecution(Guid.Empty, replyTo: null);
        foreach (var due in set)
            batch.Add(new Look(batch, machine, timer, due));

        for (var tries = 1; ; tries++)
        {
            try
            {
                await batch.ServeAsync(_context.Value, workers, sender).ConfigureAwait(false);
                return;
            }
            catch (LockConflictException) when (tries < MostTries)
            {
                // Somebody else was faster, or what is in memory is old. Each try reads anew what has failed.
            }
        }
    }

    /// <summary>The state machine is driven by messages. Where there is none, this stands for one that came to the coordinator's queue.</summary>
    private static ConsumeContext NoMessage(IBus bus, Uri queue)
    {
        var message = new MessageSendContext<LeaseExpired>(new LeaseExpired("", 0)) { DestinationAddress = queue };
        message.AddOrUpdatePayload(() => bus.Topology, topology => topology);
        return new MediatorReceiveContext<LeaseExpired>(
            message, bus, bus, bus.Topology.PublishTopology, new ReceiveObservable(), SystemTextJsonMessageSerializer.Instance)
            .GetPayload<ConsumeContext>();
    }

    private sealed class Look(BatchExecution batch, LockStateMachine machine, InProcessScheduler timer, DueExpiry due) :
        CommandWorkItem<LeaseExpired>(batch, machine, machine.Expiry.Received, timer, due.Note, due.Note.Key, LockKey.ToId(due.Note.Key), requestId: null)
    {
        public override Task RunAsync(CommitGroup group)
        {
            if (due.TokenId is null || due.TokenId == group.Find(LockId, due.Note.Key).ExpiryTokenId)
                return base.RunAsync(group);

            StartAnew();
            return Task.CompletedTask;
        }
    }
}
