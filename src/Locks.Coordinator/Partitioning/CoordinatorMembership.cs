using System.Collections.Immutable;

namespace Locks.Coordinator.Partitioning;

/// <summary>
/// The coordinators whose announcements one of them receives, itself among them, and what follows from it: each queue has one coordinator
/// that should read it. Of all subscribers the broker delivers to the one that subscribed first, so the others have to get behind it. Times
/// are measured from any moment that stays the same.
/// </summary>
internal sealed record CoordinatorMembership
{
    /// <summary>How often a coordinator announces itself.</summary>
    public static readonly TimeSpan AnnouncementInterval = TimeSpan.FromSeconds(2);

    /// <summary>A coordinator without an announcement for so long is gone.</summary>
    public static readonly TimeSpan Expiry = 3 * AnnouncementInterval;

    /// <summary>
    /// How long the membership must be unchanged before a coordinator yields a queue: of several that start or stop together, not each
    /// causes a move.
    /// </summary>
    public static readonly TimeSpan StableTime = AnnouncementInterval / 2;

    /// <summary>No announcement was received yet.</summary>
    public static readonly CoordinatorMembership None = new();

    private ImmutableSortedDictionary<Guid, Member> _members = ImmutableSortedDictionary<Guid, Member>.Empty;
    private TimeSpan _changedAt;

    /// <summary>How many coordinators there are.</summary>
    public int Count => _members.Count;

    /// <summary>The coordinators, in the order of their starts.</summary>
    public IEnumerable<CoordinatorMember> Members => _members.Select(one => new CoordinatorMember(one.Key, one.Value.Details));

    /// <summary>The membership after an announcement, without those that have expired.</summary>
    public CoordinatorMembership With(MembershipAnnouncement announcement, TimeSpan now)
    {
        var members = _members.RemoveRange(_members.Where(other => now - other.Value.At > Expiry).Select(other => other.Key));
        members = announcement.Leaves
            ? members.Remove(announcement.Id)
            : members.SetItem(announcement.Id, new Member(announcement.Subscriptions, now, announcement.Details));
        return new CoordinatorMembership { _members = members, _changedAt = members.Keys.SequenceEqual(_members.Keys) ? _changedAt : now };
    }

    /// <summary>The coordinator that should read a queue: those that are subscribed to so many queues take them in rotation.</summary>
    public Guid? ReaderOf(int queue)
    {
        var candidates = _members.Where(one => one.Value.Subscriptions.Count > queue).Select(one => one.Key).ToList();
        return candidates.Count == 0 ? null : candidates[queue % candidates.Count];
    }

    /// <summary>
    /// Whether a coordinator has to subscribe again to a queue, behind another: when the other should read the queue, is subscribed to it,
    /// and is not known to have been so before.
    /// </summary>
    /// <param name="self">The coordinator that may be ahead of the other.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="announcement">The other's announcement, which this membership includes already.</param>
    /// <param name="knownBefore">The membership when this coordinator subscribed.</param>
    /// <param name="now">The time.</param>
    public bool MustYield(Guid self, int queue, MembershipAnnouncement announcement, CoordinatorMembership knownBefore, TimeSpan now) =>
        now - _changedAt >= StableTime
        && announcement.Id != self
        && _members.ContainsKey(self)
        && ReaderOf(queue) == announcement.Id
        && SubscriptionsOf(announcement.Id, queue) > knownBefore.SubscriptionsOf(announcement.Id, queue);

    private int SubscriptionsOf(Guid coordinator, int queue) =>
        _members.TryGetValue(coordinator, out var member) && member.Subscriptions.Count > queue ? member.Subscriptions[queue] : 0;

    private sealed record Member(IReadOnlyList<int> Subscriptions, TimeSpan At, CoordinatorDetails? Details);
}
