using Locks.Coordinator.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Partitioning;

/// <summary>Listens to the coordinators, and gives way to them where they should read.</summary>
internal sealed class PartitionRebalancer : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly Guid _me;
    private readonly PartitionQueue[] _queues;
    private volatile CoordinatorMembership _coordinators = CoordinatorMembership.None;
    private (int CoordinatorMembership, IReadOnlyList<string> Queues) _share = (0, []);

    public PartitionRebalancer(IEnumerable<string> queues, TimeProvider time, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _start = time.GetTimestamp();
        _me = Guid.CreateVersion7(time.GetUtcNow());
        _queues = [.. queues.Select(name => new PartitionQueue(name, () => _coordinators))];
    }

    public IReadOnlyList<PartitionQueue> Queues => _queues;

    /// <summary>What is to be told to the others.</summary>
    public MembershipAnnouncement News(bool leaves = false) => new(_me, [.. _queues.Select(queue => queue.Subscriptions)], leaves);

    /// <summary>Takes in what one of the coordinators tells, one after another.</summary>
    public async Task HearAsync(MembershipAnnouncement news)
    {
        var now = _time.GetElapsedTime(_start);
        var coordinators = _coordinators = _coordinators.Hear(news, now);
        TellShare(coordinators);
        await Task.WhenAll(_queues
            .Where((queue, index) => queue.Ready.IsCompletedSuccessfully && coordinators.MustGiveWay(_me, index, news, queue.KnownBefore, now))
            .Select(queue => GiveWayAsync(queue, news.Id))).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var queue in _share.Queues)
            CoordinatorMeter.EndShare(queue);
    }

    private async Task GiveWayAsync(PartitionQueue queue, Guid reader)
    {
        _logger.GivingWay(queue.Name, reader);
        try
        {
            await queue.GiveWayAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the queue has its reader; and the other queues are not to be left alone for it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.NotGivenWay(queue.Name, exception);
        }
    }

    private void TellShare(CoordinatorMembership coordinators)
    {
        IReadOnlyList<string> queues = [.. _queues.Where((_, index) => coordinators.ReaderOf(index) == _me).Select(queue => queue.Name)];
        if (coordinators.Count == _share.CoordinatorMembership && queues.SequenceEqual(_share.Queues))
            return;

        foreach (var queue in _share.Queues.Except(queues))
            CoordinatorMeter.EndShare(queue);
        foreach (var queue in queues.Except(_share.Queues))
            CoordinatorMeter.BeginShare(queue);
        _share = (coordinators.Count, queues);
        _logger.ShareOfQueues(_me, queues.Count == 0 ? "none" : string.Join(", ", queues), coordinators.Count);
    }
}
