using Node = Locks.Coordinator.Deadlocks.WaitGraph.Node;

namespace Locks.Coordinator.Deadlocks;

/// <summary>
/// Tarjan's algorithm for strongly connected components ("Depth-first search and linear graph algorithms", 1972), without recursion: a chain
/// of waits may be as long as there are attempts.
/// </summary>
internal sealed class StronglyConnected
{
    private readonly Dictionary<Node, (int Index, int Low)> _numbers = [];
    private readonly Stack<Node> _open = [];
    private readonly HashSet<Node> _isOpen = [];
    private readonly List<IReadOnlyCollection<Node>> _found = [];

    /// <summary>The sets of nodes that can all be reached from each other; one node alone only where an edge leads back to it.</summary>
    public static IReadOnlyList<IReadOnlyCollection<Node>> ComponentsOf(IEnumerable<Node> nodes)
    {
        var search = new StronglyConnected();
        foreach (var node in nodes)
        {
            if (!search._numbers.ContainsKey(node))
                search.Visit(node);
        }

        return search._found;
    }

    private void Visit(Node root)
    {
        var path = new Stack<(Node Node, int Edge)>();
        Open(root);
        path.Push((root, 0));
        while (path.TryPop(out var step))
        {
            var (node, index) = step;
            if (index < node.Out.Count)
            {
                path.Push((node, index + 1));
                var target = node.Out[index].Holder;
                if (!_numbers.TryGetValue(target, out var numbers))
                {
                    Open(target);
                    path.Push((target, 0));
                }
                else if (_isOpen.Contains(target))
                {
                    Lower(node, numbers.Index);
                }
            }
            else
            {
                if (path.TryPeek(out var parent))
                    Lower(parent.Node, _numbers[node].Low);
                if (_numbers[node].Low == _numbers[node].Index)
                    Close(node);
            }
        }
    }

    private void Open(Node node)
    {
        _numbers.Add(node, (_numbers.Count, _numbers.Count));
        _open.Push(node);
        _isOpen.Add(node);
    }

    private void Lower(Node node, int low)
    {
        var numbers = _numbers[node];
        _numbers[node] = numbers with { Low = Math.Min(numbers.Low, low) };
    }

    private void Close(Node root)
    {
        var component = new List<Node>();
        Node node;
        do
        {
            node = _open.Pop();
            _isOpen.Remove(node);
            component.Add(node);
        }
        while (node != root);

        if (component.Count > 1 || root.Out.Exists(edge => edge.Holder == root))
            _found.Add(component);
    }
}
