using System.Collections.Immutable;

namespace Locks.Coordinator.Partitioning;

/// <summary>
/// The coordinators that one of them hears of, itself among them, and what follows from it: each queue has one that should read it. The broker
/// lets that one read that subscribed first of those that are there, so the others have to get behind it. Times are since any moment that stays
/// the same.
/// </summary>
internal sealed record CoordinatorMembership
{
    /// <summary>How often a coordinator tells its news.</summary>
    public static readonly TimeSpan AnnouncementInterval = TimeSpan.FromSeconds(2);

    /// <summary>A coordinator that was not heard of for so long is gone.</summary>
    public static readonly TimeSpan Silence = 3 * AnnouncementInterval;

    /// <summary>Nobody moves before nobody has come or gone for so long: of several that start or stop together, not each is followed.</summary>
    public static readonly TimeSpan Settling = AnnouncementInterval / 2;

    /// <summary>Nobody was heard of yet.</summary>
    public static readonly CoordinatorMembership None = new();

    private ImmutableSortedDictionary<Guid, Heard> _living = ImmutableSortedDictionary<Guid, Heard>.Empty;
    private TimeSpan _changedAt;

    /// <summary>How many there are.</summary>
    public int Count => _living.Count;

    /// <summary>Takes in what one of them tells, and forgets those that have fallen silent.</summary>
    public CoordinatorMembership Hear(MembershipAnnouncement news, TimeSpan now)
    {
        var living = _living.RemoveRange(_living.Where(other => now - other.Value.At > Silence).Select(other => other.Key));
        living = news.Leaves ? living.Remove(news.Id) : living.SetItem(news.Id, new Heard(news.Subscriptions, now));
        return new CoordinatorMembership { _living = living, _changedAt = living.Keys.SequenceEqual(_living.Keys) ? _changedAt : now };
    }

    /// <summary>Who should read a queue: of those that are subscribed to so many queues, each has its turn.</summary>
    public Guid? ReaderOf(int queue)
    {
        var candidates = _living.Where(one => one.Value.Subscriptions.Count > queue).Select(one => one.Key).ToList();
        return candidates.Count == 0 ? null : candidates[queue % candidates.Count];
    }

    /// <summary>
    /// Whether a coordinator that stands in the way of another has to subscribe again to a queue: when the other should read it, is subscribed, and
    /// is not known to have been so before.
    /// </summary>
    /// <param name="me">The coordinator that may stand in the way.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="news">The other's news, which were taken in just now.</param>
    /// <param name="knownBefore">What was known when this one subscribed.</param>
    /// <param name="now">The time.</param>
    public bool MustGiveWay(Guid me, int queue, MembershipAnnouncement news, CoordinatorMembership knownBefore, TimeSpan now) =>
        now - _changedAt >= Settling
        && news.Id != me
        && _living.ContainsKey(me)
        && ReaderOf(queue) == news.Id
        && SubscriptionsOf(news.Id, queue) > knownBefore.SubscriptionsOf(news.Id, queue);

    private int SubscriptionsOf(Guid coordinator, int queue) =>
        _living.TryGetValue(coordinator, out var heard) && heard.Subscriptions.Count > queue ? heard.Subscriptions[queue] : 0;

    private sealed record Heard(IReadOnlyList<int> Subscriptions, TimeSpan At);
}
