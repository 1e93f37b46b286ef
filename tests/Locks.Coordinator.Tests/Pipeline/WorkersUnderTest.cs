using System.Diagnostics.Metrics;
using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Diagnostics.Tracing;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Rules;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Domain;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Tests.Pipeline;

/// <summary>A coordinator's workers without the endpoints before them. No reply can be sent, and there is none as a rule.</summary>
internal sealed class WorkersUnderTest : IDisposable
{
    private readonly CoordinatorMeter _meter = new();
    private readonly LoggerFactory _logs;
    private readonly PartitionWorkers _workers;

    /// <param name="store">The store.</param>
    /// <param name="logs">Where the workers log; nowhere if absent.</param>
    /// <param name="observers">What is notified of commits.</param>
    public WorkersUnderTest(ILockStore store, ILoggerProvider? logs = null, params ICommitObserver[] observers)
    {
        _logs = new LoggerFactory([logs ?? NullLoggerProvider.Instance]);
        var transports = new TransportSelector();
        transports.For(new Uri("rabbitmq://localhost/locks"));
        var bus = new Lazy<IBus>(() => throw new InvalidOperationException("Nothing is to be sent."));
        var time = new ManualTimeProvider();
        var sender = new IsolatedSender(new IsolatedConnection(bus, () => null));
        var listeners = new CommitListeners(observers, _logs.CreateLogger<CommitListeners>());
        _workers = new PartitionWorkers(
            store,
            new CoordinatorClock(time),
            new ReplySender(bus, sender, transports, Partitions, listeners, _logs.CreateLogger<ReplySender>()),
            transports, listeners, _meter, new AttemptTraces(), time, Options.Create(new LockCoordinatorOptions()), _logs.CreateLogger<PartitionWorker>());
    }

    /// <summary>The partitions that are open.</summary>
    public OpenPartitions Partitions { get; } = new();

    /// <summary>Where a reply to each request is to be sent, which fails; nowhere if absent.</summary>
    public ReplyTo? ReplyTo { get; init; }

    /// <summary>What the workers measure by.</summary>
    public Meter Meter => _meter.Meter;

    /// <summary>Decides one request for each key, all of them posted together.</summary>
    public Task RunAsync(LockRequest request, params IEnumerable<string> keys)
    {
        var set = new WorkSet(replyTo: null);
        foreach (var key in keys)
            set.Add(new DecidingItem(key, request, ReplyTo));
        return set.ExecuteAsync(context: null!, _workers);
    }

    public void Dispose()
    {
        _meter.Dispose();
        _logs.Dispose();
    }

    private sealed class DecidingItem(string key, LockRequest request, ReplyTo? replyTo)
        : WorkItem(LockKey.ToId(key), scheduler: null!)
    {
        public override string Name => request.GetType().Name;

        public override ConsumeContext? Origin => null;

        protected override async Task RaiseAsync(CommitGroup group)
        {
            if (replyTo is not null)
                await ((ILockEffects)this).ReplyAsync(replyTo, new LockReleased(key, FencingToken: 1));
            var saga = group.FindOrAdd(LockId, key);
            saga.Apply(new LockRules().Decide(saga.Lock, request, LockUnderTest.Noon));
            saga.CurrentState = saga.Lock.Stage.Name();
        }
    }
}
