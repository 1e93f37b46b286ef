using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Saga.Batches;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// This coordinator's workers: one for each queue that keys are spread over, or only one while there is but the common queue. Should two of them
/// have the same lock in hand while that changes, the store refuses one of them, as it would another coordinator.
/// </summary>
internal sealed class PartitionWorkers
{
    private readonly PartitionWorker[] _workers;
    private readonly OpenPartitions _queues;

    public PartitionWorkers(ILockStore store, CoordinatorClock clock, ReplySender sender, OpenPartitions queues, IOptions<LockCoordinatorOptions> options)
    {
        _queues = queues;
        var count = Math.Max(1, options.Value.Partitions);
        _workers = [.. Enumerable.Range(0, count).Select(_ => new PartitionWorker(store, clock, new LockCache(options.Value.CachedLocks / count), sender))];
    }

    public void Post(WorkItem work) => WorkerOf(work).Post([work]);

    public void Post(IReadOnlyList<WorkItem> works)
    {
        var first = WorkerOf(works[0]);
        if (works.All(work => WorkerOf(work) == first))
        {
            first.Post(works);
            return;
        }

        foreach (var part in works.GroupBy(WorkerOf))
            part.Key.Post([.. part]);
    }

    private PartitionWorker WorkerOf(WorkItem work) => _workers[_queues.Count is > 0 and var open ? LockPartitions.IndexOf(work.LockId, open) : 0];
}
