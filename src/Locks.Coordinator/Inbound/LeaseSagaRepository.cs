using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using MassTransit;
using MassTransit.Saga;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Inbound;

/// <summary>
/// The stored leases, as MassTransit's saga repository. Messages about leases are rare beside those about locks, so each is a commit of its
/// own; its replies leave, and its timer is set, when that is through.
/// </summary>
internal sealed class LeaseSagaRepository(
    ILockStore store, CoordinatorClock clock, InProcessScheduler scheduler, ReplySender sender, ILogger<LeaseSagaRepository> logger) :
    SagaRepository<LeaseSaga>
{
    public override void Probe(ProbeContext context) => context.Add("persistence", store.GetType().Name);

    public override async Task Send<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<LeaseSaga, T>> next)
    {
        for (var conflicts = 0; await TrySendAsync(context, next).ConfigureAwait(false) is { } refused; conflicts++)
        {
            if (conflicts == LockConflictException.MaxInARow)
                throw new LockConflictException(refused);
            logger.DecidingLeaseAgain(LeaseFingerprint.Of(refused.First()));
        }
    }

    // A lease is found by the id that its messages have. Its saga's is the fingerprint, which does not lead back to it.
    protected override Task<LeaseSaga?> LoadAsync(Guid correlationId, CancellationToken cancellationToken) => throw new NotSupportedException();

    private static async Task<LeaseSaga?> LoadAsync(ILeaseStore leases, Guid id, CancellationToken cancellationToken)
    {
        var stored = await leases.LoadAsync([id], cancellationToken).ConfigureAwait(false);
        return stored.Count == 0 ? null : ToSaga(stored[0]);
    }

    /// <summary>Decides a message, and stores the decision.</summary>
    /// <returns>The lease, if it was changed by another coordinator meanwhile, or the time was wrong; else <see langword="null"/>.</returns>
    private async Task<IReadOnlySet<Guid>?> TrySendAsync<T>(ConsumeContext<T> context, IPipe<SagaRepositoryContext<LeaseSaga, T>> next)
        where T : class
    {
        var corrections = clock.Corrections;
        var schedules = new DeferredSchedules(scheduler);
        schedules.Serve(context);
        var replies = new BufferedReplies(context);
        context.AddOrUpdatePayload<ILeaseEffects>(() => replies, _ => replies);

        var lease = new LeaseContext<T>(context, store.Leases, clock);
        await next.Send(lease).ConfigureAwait(false);
        if (lease.Saga is { HasChanged: true } saga)
        {
            var refused = await store.Leases.CommitAsync([ToWrite(saga, clock.Now)], context.CancellationToken).ConfigureAwait(false);
            if (refused.Count > 0)
                return refused;
        }

        // The store's answer may show that the decision was made by a wrong time. No client is told of it; it is made again.
        if (lease.Saga is { } decided && clock.Corrections != corrections)
            return new HashSet<Guid> { decided.Lease.Id };

        schedules.TakeEffect();
        if (await sender.SendAsync(replies.Buffer).ConfigureAwait(false) is { } unsent)
            throw unsent.Values.First();
        return null;
    }

    private static LeaseSaga ToSaga(StoredLease stored) => new()
    {
        CorrelationId = LeaseFingerprint.Of(stored.State.Id),
        CurrentState = stored.State.Stage.ToString(),
        Version = stored.Version,
        DueTokenId = stored.DueTokenId,
        StoredDueTokenId = stored.DueTokenId,
        Lease = stored.State,
    };

    private static LeaseWrite ToWrite(LeaseSaga saga, DateTimeOffset now)
    {
        if (saga.CurrentState != saga.Lease.Stage.ToString())
            throw new LockInvariantException($"the state machine says {saga.CurrentState}, the lease is {saga.Lease.Stage}");

        return new LeaseWrite(saga.Version, LockWrite.VersionAfter(saga.Version, now), saga.Lease, saga.DueTokenId, now);
    }

    private sealed class LeaseContext<T>(ConsumeContext<T> context, ILeaseStore leases, CoordinatorClock clock) : SagaContext<LeaseSaga, T>(context)
        where T : class
    {
        /// <summary>The saga of the message's lease.</summary>
        public LeaseSaga? Saga { get; private set; }

        protected override void AddInstance(LeaseSaga instance) => Saga = instance;

        /// <summary>Reads the lease; and the time, where it is not known, after that: the machine may have been suspended meanwhile.</summary>
        protected override async Task<LeaseSaga?> LoadInstanceAsync(Guid correlationId)
        {
            Saga ??= await LoadAsync(leases, LeaseRequests.LeaseOf(Message), CancellationToken).ConfigureAwait(false);
            await clock.EnsureKnownAsync(CancellationToken).ConfigureAwait(false);
            return Saga;
        }
    }

    private sealed class BufferedReplies(ConsumeContext origin) : ILeaseEffects
    {
        public ReplyBuffer Buffer { get; } = new();

        public void Reply(ReplyTo to, object reply) => Buffer.Add(to, reply, origin);
    }
}
