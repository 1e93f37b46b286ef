using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The coordinator's workers: one for each partition, or only one while it reads nothing but the common queue. Should two of them have the
/// same lock in hand while that changes, the store refuses one of them, as it would another coordinator.
/// </summary>
internal sealed class PartitionWorkers
{
    private readonly PartitionWorker[] _workers;
    private readonly OpenPartitions _partitions;

    public PartitionWorkers(
        ILockStore store,
        CoordinatorClock clock,
        ReplySender sender,
        OpenPartitions partitions,
        IEnumerable<ICommitObserver> observers,
        IOptions<LockCoordinatorOptions> options)
    {
        _partitions = partitions;
        ICommitObserver[] all = [.. observers];
        var count = Math.Max(1, options.Value.Partitions);
        _workers =
        [
            .. Enumerable.Range(0, count)
                .Select(_ => new PartitionWorker(store, clock, new LockCache(options.Value.CachedLocks / count), sender, all)),
        ];
    }

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
        _workers[_partitions.Count is > 0 and var open ? LockPartitions.IndexOf(item.LockId, open) : 0];
}
