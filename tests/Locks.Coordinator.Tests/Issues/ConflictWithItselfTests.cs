using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Diagnostics.Tracing;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Rules;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Tests.Domain;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Locks.Coordinator.Tests.Issues;

/// <summary>
/// A lone coordinator logged conflicts with stack traces: for decisions from its cache that changed nothing, and while its partitions opened.
/// </summary>
public sealed class ConflictWithItselfTests : IDisposable
{
    private readonly ScriptedStore _store = new();
    private readonly CoordinatorMeter _meter = new();

    public void Dispose() => _meter.Dispose();

    [Fact]
    public async Task ADecisionFromTheCacheThatChangesNothing_IsMadeAgainFromTheStore_WithoutAConflict()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: _store);
        var grant = await coordinator.AcquireAsync(Asker.A);

        var again = (await coordinator.DeliverAsync(Asker.A.Try(), Asker.A)).Reply<LockAcquired>();
        (await coordinator.DeliverAsync(new ReleaseLock(grant.Key, "a wrong token"), Asker.B)).Reply<LockNotHeld>();

        Assert.Equal(grant, again);
        Assert.Single(_store.Commits);
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Contains("Conflict", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AConflictWithAnotherCoordinator_IsOneLineInTheLog_WithoutAStackTrace()
    {
        _store.OnCommit = (commit, writes) => commit == 1 ? ScriptedStore.Refuse(writes) : ScriptedStore.GoOn();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: _store);

        await coordinator.AcquireAsync(Asker.A);

        Assert.Single(coordinator.Logs.Lines, line => line.StartsWith("Information", StringComparison.Ordinal)
            && line.Contains("1 lock(s), one of them orders/42, were changed", StringComparison.Ordinal));
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Contains("Conflict", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AConflictOverALease_IsOneLineInTheLog_WithoutAStackTrace()
    {
        _store.OnLeaseCommit = (commit, writes) => commit == 1 ? ScriptedStore.Refuse(writes) : ScriptedStore.GoOn();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: _store);
        var lease = Guid.CreateVersion7();

        (await coordinator.DeliverAsync(new GrantLease(lease, TimeSpan.FromSeconds(30), "owner"), Asker.A)).Reply<LeaseGranted>();

        Assert.Single(coordinator.Logs.Lines, line => line.StartsWith("Information", StringComparison.Ordinal)
            && line.Contains($"Lease {LeaseFingerprint.Of(lease)} was changed", StringComparison.Ordinal));
        Assert.DoesNotContain(coordinator.Logs.Lines, line => line.Contains("Conflict", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WhilePartitionsOpen_ALockStaysWithItsWorker()
    {
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        _store.OnCommit = async (commit, _) =>
        {
            if (commit == 1)
            {
                reached.SetResult();
                await goOn.Task;
            }

            return null;
        };
        var partitions = new OpenPartitions();
        var workers = StartWorkers(partitions);

        // One lock of each partition, so that one of them would change its worker.
        var keys = Enumerable.Range(0, 100).Select(number => $"key {number}")
            .GroupBy(key => LockPartitions.IndexOf(LockKey.ToId(key), 2)).Select(group => group.First()).ToArray();
        var first = keys.Select(key => RunAsync(workers, key, Attempt.A.Try())).ToArray();
        await reached.Task.Within();
        partitions.Count = 2;
        var second = keys.Select(key => RunAsync(workers, key, Attempt.B.Wait())).ToArray();
        goOn.SetResult();

        await Task.WhenAll([.. first, .. second]).Within();
        Assert.All(
            await _store.LoadAsync([.. keys.Select(LockKey.ToId)], CancellationToken.None),
            stored => Assert.Equal((Attempt.A.Id, 1), (stored.State.Holder!.AcquireId, stored.State.Waiters.Count)));
    }

    private static Task RunAsync(PartitionWorkers workers, string key, LockRequest request)
    {
        var set = new WorkSet(replyTo: null);
        set.Add(new DecidingItem(key, request));
        return set.ExecuteAsync(context: null!, workers);
    }

    private PartitionWorkers StartWorkers(OpenPartitions partitions)
    {
        var transports = new TransportSelector();
        transports.For(new Uri("rabbitmq://localhost/locks"));
        var bus = new Lazy<IBus>(() => throw new InvalidOperationException("Nothing is to be sent."));
        var time = new ManualTimeProvider();
        var sender = new IsolatedSender(new IsolatedConnection(bus, () => null));
        return new PartitionWorkers(
            _store,
            new CoordinatorClock(time),
            new ReplySender(bus, sender, transports, partitions, NullLogger<ReplySender>.Instance),
            transports, [], _meter, new AttemptTraces(), time, Options.Create(new LockCoordinatorOptions()), NullLogger<PartitionWorker>.Instance);
    }

    private sealed class DecidingItem(string key, LockRequest request) : WorkItem(LockKey.ToId(key), scheduler: null!)
    {
        public override string Name => request.GetType().Name;

        public override ConsumeContext? Origin => null;

        protected override Task RaiseAsync(CommitGroup group)
        {
            var saga = group.FindOrAdd(LockId, key);
            saga.Apply(new LockRules().Decide(saga.Lock, request, LockUnderTest.Noon));
            saga.CurrentState = saga.Lock.Stage.Name();
            return Task.CompletedTask;
        }
    }
}
