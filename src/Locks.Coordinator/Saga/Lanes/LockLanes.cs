using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Saga.Batches;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Saga.Lanes;

/// <summary>
/// This coordinator's lanes: one for each queue that keys are spread over, or only one while there is but the common queue. Should two of them
/// have the same lock in hand while that changes, the store refuses one of them, as it would another coordinator.
/// </summary>
internal sealed class LockLanes
{
    private readonly LockLane[] _lanes;
    private readonly OpenQueues _queues;

    public LockLanes(ILockStore store, CoordinatorClock clock, AnswerSender sender, OpenQueues queues, IOptions<LockCoordinatorOptions> options)
    {
        _queues = queues;
        var count = Math.Max(1, options.Value.Queues);
        _lanes = [.. Enumerable.Range(0, count).Select(_ => new LockLane(store, clock, new WarmLocks(options.Value.WarmLocks / count), sender))];
    }

    public void Post(LaneWork work) => LaneOf(work).Post([work]);

    public void Post(IReadOnlyList<LaneWork> works)
    {
        var first = LaneOf(works[0]);
        if (works.All(work => LaneOf(work) == first))
        {
            first.Post(works);
            return;
        }

        foreach (var part in works.GroupBy(LaneOf))
            part.Key.Post([.. part]);
    }

    private LockLane LaneOf(LaneWork work) => _lanes[_queues.Count is > 0 and var open ? LockQueues.IndexOf(work.LockId, open) : 0];
}
