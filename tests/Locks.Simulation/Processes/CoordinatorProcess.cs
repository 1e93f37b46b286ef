using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Diagnostics.Tracing;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Rules;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Inbound;
using Locks.Coordinator.Liveness;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using Locks.Simulation.Defects;
using Locks.Simulation.Network;
using Locks.Simulation.Running;
using Locks.Simulation.Stores;
using Locks.Transport;
using Locks.Transport.Batches;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Locks.Simulation.Processes;

/// <summary>
/// A coordinator: the product's parts from the endpoint's pipe to the store, put together as the product puts them together. What
/// MassTransit does around them, receiving from a broker and trying again, is simulated.
/// </summary>
internal sealed class CoordinatorProcess : SimulatedProcess, IDisposable
{
    private readonly World _world;
    private readonly SimulatedEndpoint _endpoint;
    private readonly CoordinatorMeter _meter = new();
    private readonly InProcessScheduler _scheduler;
    private FaultKind? _diesAt;

    public CoordinatorProcess(World world, string name, SimulatedClock clock)
        : base(name, clock)
    {
        _world = world;
        var options = Options.Create(new LockCoordinatorOptions
        {
            Partitions = 0,
            Limits = new LockRulesLimits { AttemptsRemembered = 1_000 },
        });
        var bus = SimulatedBus.Of(Address, (to, envelope) => world.Network.Send(this, to, envelope), _ => { });
        var sender = new IsolatedSender(new IsolatedConnection(new Lazy<IBus>(bus), () => null));
        var store = new StoreConnection(world) { Process = this };
        var time = store.Clock = new CoordinatorClock(clock, store);
        var sessions = new SessionLiveness(clock, time);
        sessions.SendWatermark = sentAt => world.Network.SendToItself(this, () => sessions.ObserveWatermark(sentAt));
        var machine = new LockStateMachine(new LockRules(options.Value.Limits), time, sessions);
        ExpiryDispatcher? dispatcher = null;
        _scheduler = new InProcessScheduler(
            sender, due => dispatcher!.DispatchAsync(due), time, clock, NullLogger<InProcessScheduler>.Instance);
        var transports = new TransportSelector();
        var listeners = new CommitListeners([sessions], NullLogger<CommitListeners>.Instance);
        var replies = new ReplySender(
            new Lazy<IBus>(bus), sender, transports, new OpenPartitions { Count = 0 }, listeners, NullLogger<ReplySender>.Instance);
        var workers = new PartitionWorkers(
            store, time, replies, transports, listeners, _meter, new AttemptTraces(), clock, options,
            NullLogger<PartitionWorker>.Instance);
        dispatcher = new ExpiryDispatcher(machine, _scheduler, workers);
        var locksOfLeases = new LeaseReleaseProcessor(store, machine, _scheduler, workers);
        var leaseMachine = new LeaseStateMachine(time, new LeaseReplyMapper(locksOfLeases, options), locksOfLeases);
        var leases = new LeaseSagaRepository(store, time, _scheduler, replies, NullLogger<LeaseSagaRepository>.Instance);

        // All coordinators read the common queue, and what one of them sends to its own address any other may serve.
        _endpoint = new SimulatedEndpoint(new Uri(Address, SimulatedNetwork.Commands));
        var pipe = IsolatedPipe.On(_endpoint.Configurator, sender, BatchSerializer.Commands);
        pipe.Filters.AddPipeSpecification(
            new FilterPipeSpecification<ConsumeContext<LockCommands>>(new ReplyOnFailureFilter(replies)));
        Retry<LockCommands>();
        Retry<GrantLease>();
        Retry<RenewLease>();
        Retry<RevokeLease>();
        Retry<DescribeLease>();
        Retry<LeaseDue>();
        pipe.Consumers.ConnectInstance(
            new LockCommandsConsumer(machine, new LockCommandEvents(machine), _scheduler, workers, replies, _meter, clock));
        pipe.Consumers.ConnectInstance(new LivenessConsumer(sessions));
        pipe.Consumers.ConnectStateMachineSaga(leaseMachine, new MassTransit.Saga.SagaRepository<LeaseSaga>(leases));

        var readiness = new StoreReadiness(clock, time, NullLogger<StoreReadiness>.Instance, store);
        if (world.Defect != Defect.NoSweep)
        {
            _ = new OverdueSweeper(store, readiness, dispatcher, sender, time, clock, options, NullLogger<OverdueSweeper>.Instance)
                .StartAsync(CancellationToken.None);
        }

        _ = new ClockKeeper(time, _meter, clock, NullLogger<ClockKeeper>.Instance).StartAsync(CancellationToken.None);

        void Retry<T>()
            where T : class =>
            pipe.Filters.AddPipeSpecification(
                new FilterPipeSpecification<ConsumeContext<T>>(new RetryFilter<T>(clock, options.Value.StoreRetryTimeout)));
    }

    /// <summary>Has the process die when it comes to a point.</summary>
    public void DieAt(FaultKind point) => _diesAt = point;

    /// <summary>Dies, if it was to die at this point.</summary>
    /// <returns>Whether it died.</returns>
    public bool DiesNow(FaultKind point)
    {
        if (_diesAt != point || IsDead)
            return false;

        _world.Tally.Add($"fault: {FaultNames.Of(point)}");
        _world.Network.Lose(this, FaultNames.Of(point));
        return true;
    }

    /// <summary>Serves a message.</summary>
    public Task<Exception?> ReceiveAsync(Envelope envelope, bool isRedelivered) => _endpoint.ReceiveAsync(envelope, isRedelivered);

    public void Dispose()
    {
        _scheduler.Dispose();
        _meter.Dispose();
    }
}
