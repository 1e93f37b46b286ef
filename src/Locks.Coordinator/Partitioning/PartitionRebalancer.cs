using Locks.Coordinator.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Partitioning;

/// <summary>Follows the coordinators' announcements, and yields each queue to the coordinator that should read it.</summary>
internal sealed class PartitionRebalancer : IDisposable
{
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly CoordinatorDirectory _directory;
    private readonly CoordinatorMeter _meter;
    private readonly PartitionQueue[] _queues;
    private volatile CoordinatorMembership _membership = CoordinatorMembership.None;
    private (int Coordinators, IReadOnlyList<string> Queues) _share = (0, []);

    public PartitionRebalancer(
        IEnumerable<string> queues, TimeProvider time, CoordinatorDirectory directory, CoordinatorMeter meter, ILogger logger)
    {
        _time = time;
        _logger = logger;
        _start = time.GetTimestamp();
        _directory = directory;
        _meter = meter;
        _queues = [.. queues.Select(name => new PartitionQueue(name, () => _membership))];
    }

    public IReadOnlyList<PartitionQueue> Queues => _queues;

    /// <summary>The coordinators, as they announced themselves last.</summary>
    public CoordinatorMembership Membership => _membership;

    /// <summary>
    /// This coordinator's share. Each queue is its own to read for as long as it knows of no other coordinator, and not even of itself.
    /// </summary>
    public IReadOnlyList<PartitionState> Share()
    {
        var membership = _membership;
        return
        [
            .. _queues.Select((queue, index) => new PartitionState(
                queue.Name, membership.ReaderOf(index) is not { } reader || reader == _directory.Self, queue.IsOpen)),
        ];
    }

    /// <summary>This coordinator's next announcement.</summary>
    public MembershipAnnouncement Announcement(bool leaves = false) =>
        new(_directory.Self, [.. _queues.Select(queue => queue.Subscriptions)], leaves, _directory.Details());

    /// <summary>Takes the announcement of one of the coordinators. Announcements come one after another.</summary>
    public async Task ObserveAsync(MembershipAnnouncement announcement)
    {
        var now = _time.GetElapsedTime(_start);
        var membership = _membership = _membership.With(announcement, now);
        ReportShare(membership);
        await Task.WhenAll(_queues
            .Where((queue, index) =>
                queue.Ready.IsCompletedSuccessfully && membership.MustYield(_directory.Self, index, announcement, queue.KnownBefore, now))
            .Select(queue => YieldAsync(queue, announcement.Id))).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var queue in _share.Queues)
            _meter.EndShare(queue);
    }

    private async Task YieldAsync(PartitionQueue queue, Guid reader)
    {
        _logger.YieldingQueue(queue.Name, reader);
        try
        {
            await queue.YieldAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the queue has its reader; and the other queues are to be yielded all the same.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _logger.YieldFailed(queue.Name, exception);
        }
    }

    private void ReportShare(CoordinatorMembership membership)
    {
        IReadOnlyList<string> queues =
            [.. _queues.Where((_, index) => membership.ReaderOf(index) == _directory.Self).Select(queue => queue.Name)];
        if (membership.Count == _share.Coordinators && queues.SequenceEqual(_share.Queues))
            return;

        foreach (var queue in _share.Queues.Except(queues))
            _meter.EndShare(queue);
        foreach (var queue in queues.Except(_share.Queues))
            _meter.BeginShare(queue);
        _share = (membership.Count, queues);
        _logger.ShareOfQueues(_directory.Self, membership.Count, queues.Count == 0 ? "none" : string.Join(", ", queues));
    }
}
