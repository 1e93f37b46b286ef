using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Diagnostics.Tracing;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using Locks.Transport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The coordinator's workers: one for each partition, or only one where the transport has no partitions. A lock has the same worker for as
/// long as the coordinator runs, by whichever queue its commands come, so that no two of them have it in hand.
/// </summary>
internal sealed class PartitionWorkers
{
    private readonly PartitionWorker[] _workers;
    private readonly TransportSelector _transports;

    public PartitionWorkers(
        ILockStore store,
        CoordinatorClock clock,
        ReplySender sender,
        TransportSelector transports,
        CommitListeners listeners,
        CoordinatorMeter meter,
        AttemptTraces traces,
        TimeProvider time,
        IOptions<LockCoordinatorOptions> options,
        ILogger<PartitionWorker> logger)
    {
        _transports = transports;
        Traces = traces;
        var count = Math.Max(1, options.Value.Partitions);
        _workers =
        [
            .. Enumerable.Range(0, count)
                .Select(_ => new PartitionWorker(
                    store, clock, new LockCache(options.Value.CachedLocks / count), sender, listeners, meter, traces, time, logger)),
        ];
    }

    /// <summary>The spans of the attempts that are traced.</summary>
    public AttemptTraces Traces { get; }

    /// <summary>Posts items to the workers of their partitions.</summary>
    public void Post(IReadOnlyList<WorkItem> items)
    {
        var first = WorkerOf(items[0]);
        if (items.All(item => WorkerOf(item) == first))
        {
            first.Post(items);
            return;
        }

        foreach (var part in items.GroupBy(WorkerOf))
            part.Key.Post([.. part]);
    }

    private PartitionWorker WorkerOf(WorkItem item) =>
        _workers[_workers.Length > 1 && _transports.HasPartitions ? LockPartitions.IndexOf(item.LockId, _workers.Length) : 0];
}
