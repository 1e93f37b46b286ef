using Locks.Coordinator.Partitioning;

namespace Locks.Coordinator.Tests.Partitioning;

/// <summary>
/// A broker and coordinators, as far as they share partitions, in steps of an announcement interval: of a queue's subscribers, the first
/// reads.
/// </summary>
internal sealed class PartitionSimulation(int queues)
{
    private readonly List<Member> _members = [];
    private readonly List<Member>[] _subscribers = [.. Enumerable.Range(0, queues).Select(_ => new List<Member>())];
    private TimeSpan _now;
    private int _started;

    /// <summary>How often a member has left a queue to subscribe again.</summary>
    public int Moves { get; private set; }

    /// <summary>Who reads each queue.</summary>
    public IEnumerable<string> Readers => _subscribers.Select(subscribers => subscribers.Count == 0 ? "none" : subscribers[0].Name);

    public void Start(string name, int? reads = null)
    {
        var member = new Member(name, new Guid(++_started, 0, 0, new byte[8]), reads ?? queues);
        _members.Add(member);
        for (var queue = 0; queue < member.Subscriptions.Length; queue++)
            Subscribe(member, queue);
        Announce(member);
    }

    /// <summary>It is gone with its subscriptions, and announces nothing.</summary>
    public void Kill(string name)
    {
        var member = Find(name);
        _members.Remove(member);
        Array.ForEach(_subscribers, subscribers => subscribers.Remove(member));
    }

    public void Stop(string name)
    {
        Announce(Find(name), leaves: true);
        Kill(name);
    }

    /// <summary>The broker goes away for a moment, and all subscribe anew, in some order.</summary>
    public void LoseConnections(params string[] order)
    {
        Array.ForEach(_subscribers, subscribers => subscribers.Clear());
        foreach (var member in order.Select(Find))
        {
            for (var queue = 0; queue < member.Subscriptions.Length; queue++)
                Subscribe(member, queue);
        }
    }

    /// <summary>One coordinator's announcements reach no member for some time, itself included.</summary>
    public void Run(double seconds, string? unheard = null)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end;)
        {
            _now += CoordinatorMembership.AnnouncementInterval;
            foreach (var member in _members.Where(member => member.Name != unheard).ToList())
                Announce(member);
        }
    }

    private Member Find(string name) => _members.Single(member => member.Name == name);

    private void Announce(Member sender, bool leaves = false)
    {
        var announcement = new MembershipAnnouncement(sender.Id, [.. sender.Subscriptions], leaves);
        foreach (var member in _members)
            Receive(member, announcement);
    }

    private void Receive(Member member, MembershipAnnouncement announcement)
    {
        var known = member.Known = member.Known.With(announcement, _now);
        for (var queue = 0; queue < member.Subscriptions.Length; queue++)
        {
            if (!known.MustYield(member.Id, queue, announcement, member.KnownBefore[queue], _now))
                continue;
            if (_subscribers[queue].Count == 1)
                throw new InvalidOperationException($"{member.Name} leaves queue {queue} without a reader.");

            Moves++;
            _subscribers[queue].Remove(member);
            Subscribe(member, queue);
        }
    }

    private void Subscribe(Member member, int queue)
    {
        member.KnownBefore[queue] = member.Known;
        member.Subscriptions[queue]++;
        _subscribers[queue].Add(member);
    }

    private sealed class Member(string name, Guid id, int reads)
    {
        public string Name => name;

        public Guid Id => id;

        public int[] Subscriptions { get; } = new int[reads];

        public CoordinatorMembership[] KnownBefore { get; } = new CoordinatorMembership[reads];

        public CoordinatorMembership Known { get; set; } = CoordinatorMembership.None;
    }
}
