using Locks.Coordinator.Partitioning;

namespace Locks.Coordinator.Tests.Partitioning;

/// <summary>A broker and coordinators as far as the sharing of queues goes, in steps of a news interval: of a queue's subscribers, the first reads.</summary>
internal sealed class Site(int queues)
{
    private readonly List<Member> _members = [];
    private readonly List<Member>[] _subscribers = [.. Enumerable.Range(0, queues).Select(_ => new List<Member>())];
    private TimeSpan _now;
    private int _started;

    /// <summary>How often somebody has left a queue to subscribe again.</summary>
    public int Moves { get; private set; }

    /// <summary>Who reads each queue.</summary>
    public IEnumerable<string> Readers => _subscribers.Select(subscribers => subscribers.Count == 0 ? "nobody" : subscribers[0].Name);

    public void Start(string name, int? reads = null)
    {
        var member = new Member(name, new Guid(++_started, 0, 0, new byte[8]), reads ?? queues);
        _members.Add(member);
        for (var queue = 0; queue < member.Subscriptions.Length; queue++)
            Subscribe(member, queue);
        Tell(member);
    }

    /// <summary>It is gone with its subscriptions, and nobody is told.</summary>
    public void Kill(string name)
    {
        var member = Find(name);
        _members.Remove(member);
        Array.ForEach(_subscribers, subscribers => subscribers.Remove(member));
    }

    public void Stop(string name)
    {
        Tell(Find(name), leaves: true);
        Kill(name);
    }

    /// <summary>The broker goes away for a moment, and everybody subscribes anew, in some order.</summary>
    public void LoseConnections(params string[] order)
    {
        Array.ForEach(_subscribers, subscribers => subscribers.Clear());
        foreach (var member in order.Select(Find))
        {
            for (var queue = 0; queue < member.Subscriptions.Length; queue++)
                Subscribe(member, queue);
        }
    }

    /// <summary>One coordinator's news get to nobody for some time, itself included.</summary>
    public void Run(double seconds, string? unheard = null)
    {
        for (var end = _now + TimeSpan.FromSeconds(seconds); _now < end;)
        {
            _now += CoordinatorMembership.AnnouncementInterval;
            foreach (var member in _members.Where(member => member.Name != unheard).ToList())
                Tell(member);
        }
    }

    private Member Find(string name) => _members.Single(member => member.Name == name);

    private void Tell(Member teller, bool leaves = false)
    {
        var news = new MembershipAnnouncement(teller.Id, [.. teller.Subscriptions], leaves);
        foreach (var member in _members)
            Hear(member, news);
    }

    private void Hear(Member member, MembershipAnnouncement news)
    {
        var known = member.Known = member.Known.With(news, _now);
        for (var queue = 0; queue < member.Subscriptions.Length; queue++)
        {
            if (!known.MustYield(member.Id, queue, news, member.KnownBefore[queue], _now))
                continue;
            if (_subscribers[queue].Count == 1)
                throw new InvalidOperationException($"{member.Name} leaves queue {queue} to nobody.");

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
