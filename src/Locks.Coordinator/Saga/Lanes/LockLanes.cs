using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Saga.Lanes;

/// <summary>This coordinator's lanes, one for each part of the keys.</summary>
internal sealed class LockLanes
{
    private readonly LockLane[] _lanes;

    public LockLanes(ILockStore store, CoordinatorClock clock, AnswerSender sender, IOptions<LockCoordinatorOptions> options)
    {
        var count = Math.Max(1, options.Value.Queues);
        _lanes = [.. Enumerable.Range(0, count).Select(_ => new LockLane(store, clock, new WarmLocks(options.Value.WarmLocks / count), sender))];
    }

    public void Post(LaneWork work) => LaneOf(work).Post([work]);

    public void Post(IReadOnlyList<LaneWork> works)
    {
        if (_lanes.Length == 1)
        {
            _lanes[0].Post(works);
            return;
        }

        foreach (var part in works.GroupBy(LaneOf))
            part.Key.Post([.. part]);
    }

    private LockLane LaneOf(LaneWork work) => _lanes[LockQueues.IndexOf(work.LockId, _lanes.Length)];
}
