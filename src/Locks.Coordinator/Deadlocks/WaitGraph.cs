using Locks.Contracts;
using Locks.Coordinator.Storage;

namespace Locks.Coordinator.Deadlocks;

/// <summary>
/// Who waits for whom: a node for each contender, an edge for each attempt that waits. A lock has one holder, so a contender that is not on a
/// cycle, and waits for none that is, gets its locks once those in front of it release theirs.
/// </summary>
/// <remarks>
/// An attempt also waits for those in front of it in the queue. They need no edges: each of them waits for the same holder, so they are on no
/// cycle that does not pass through it.
/// </remarks>
internal sealed class WaitGraph
{
    private readonly Dictionary<Contender, Node> _nodes = new(ContenderComparer.Instance);

    /// <param name="waits">The waits, all of one moment.</param>
    public WaitGraph(IEnumerable<InspectedWait> waits)
    {
        foreach (var wait in waits)
        {
            // Two attempts of one owner may be two units of work, and the one ends without the other. On one lease they are one.
            if (wait.Waiter.LeaseFingerprint is null && ContenderComparer.Instance.Equals(wait.Waiter, wait.Holder))
                continue;

            var (waiter, holder) = (NodeOf(wait.Waiter), NodeOf(wait.Holder));
            var edge = new Edge(wait, waiter, holder);
            waiter.Out.Add(edge);
            holder.In.Add(edge);
        }
    }

    /// <summary>
    /// The cycles: one for each set of contenders that all wait for each other. Those that were found before are kept as they were, for as
    /// long as they last, so that a deadlock does not look like another one when more attempts join it.
    /// </summary>
    /// <param name="known">The cycles that were found before.</param>
    public IReadOnlyList<Cycle> FindCycles(IReadOnlyCollection<Cycle> known)
    {
        var waits = _nodes.Values.SelectMany(node => node.Out).Select(edge => edge.Wait).ToHashSet(WaitComparer.Instance);
        var lasting = known.Select(cycle => cycle.AsOf(waits)).OfType<Cycle>().ToList();
        var covered = lasting.SelectMany(cycle => cycle.Waits).Select(wait => _nodes[wait.Waiter]).ToHashSet();

        return
        [
            .. lasting,
            .. StronglyConnected.ComponentsOf(_nodes.Values)
                .Where(component => !component.Any(covered.Contains))
                .Select(component => ShortestCycle(component)),
        ];
    }

    /// <summary>The contenders that wait for none and that others wait for.</summary>
    /// <param name="most">How many to return at most.</param>
    public IEnumerable<(Contender Holder, IReadOnlyList<InspectedWait> Waits, int Blocked)> FindBlockers(int most) =>
        // Whom more wait for directly is looked at first, and few are counted through: a count looks at all that are behind it.
        _nodes.Values.Where(node => node.Out.Count == 0).OrderByDescending(node => node.In.Count).Take(most * 5)
            .Select(node => (node.Contender, Waits: node.In.Select(edge => edge.Wait).ToList() as IReadOnlyList<InspectedWait>, Blocked: CountBehind(node)))
            .OrderByDescending(blocker => blocker.Blocked).ThenBy(blocker => blocker.Waits.Min(wait => wait.QueuedAt))
            .Take(most);

    private Node NodeOf(Contender contender)
    {
        if (!_nodes.TryGetValue(contender, out var node))
            _nodes.Add(contender, node = new Node(contender));
        return node;
    }

    private static int CountBehind(Node blocker)
    {
        var (seen, next, count) = (new HashSet<Node> { blocker }, new Stack<Node>([blocker]), 0);
        while (next.TryPop(out var node))
        {
            count += node.In.Count;
            foreach (var edge in node.In)
            {
                if (seen.Add(edge.Waiter))
                    next.Push(edge.Waiter);
            }
        }

        return count;
    }

    /// <summary>A shortest cycle through the contender that waited last: it is likely to be the one that closed the circle.</summary>
    private static Cycle ShortestCycle(IReadOnlyCollection<Node> component)
    {
        var inside = component.ToHashSet();
        var start = component.MaxBy(node => node.Out.Where(edge => inside.Contains(edge.Holder)).Max(edge => edge.Wait.QueuedAt))!;
        var cameBy = new Dictionary<Node, Edge>();
        var next = new Queue<Node>([start]);
        while (true)
        {
            foreach (var edge in next.Dequeue().Out)
            {
                if (!inside.Contains(edge.Holder) || !cameBy.TryAdd(edge.Holder, edge))
                    continue;
                if (edge.Holder == start)
                    return new Cycle(PathTo(start, cameBy));
                next.Enqueue(edge.Holder);
            }
        }
    }

    private static List<InspectedWait> PathTo(Node start, Dictionary<Node, Edge> cameBy)
    {
        var path = new List<InspectedWait>();
        var node = start;
        do
        {
            path.Add(cameBy[node].Wait);
            node = cameBy[node].Waiter;
        }
        while (node != start);
        path.Reverse();
        return path;
    }

    /// <summary>A contender.</summary>
    internal sealed class Node(Contender contender)
    {
        public Contender Contender => contender;

        /// <summary>What it waits for.</summary>
        public List<Edge> Out { get; } = [];

        /// <summary>What waits for it.</summary>
        public List<Edge> In { get; } = [];
    }

    /// <summary>One attempt that waits.</summary>
    internal sealed record Edge(InspectedWait Wait, Node Waiter, Node Holder);
}
