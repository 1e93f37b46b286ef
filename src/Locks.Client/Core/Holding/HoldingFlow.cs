namespace Locks.Client.Core.Holding;

/// <summary>
/// Marks the flow of control that acquires a lock, so that a later caller can tell whether it waits for itself. A flow is what async locals
/// follow: a call, what it calls, and the tasks that it starts after that. Siblings have marks of their own.
/// </summary>
internal sealed class HoldingFlow
{
    private static readonly AsyncLocal<HoldingFlow?> Latest = new();

    private HoldingFlow? _earlier;
    private volatile bool _isOver;

    private HoldingFlow(HoldingFlow? earlier) => _earlier = earlier;

    /// <summary>Marks the current flow. Call it from the flow itself: an async method takes its mark away when it ends.</summary>
    public static HoldingFlow Begin()
    {
        var mark = new HoldingFlow(Alive(Latest.Value));
        Latest.Value = mark;
        return mark;
    }

    /// <summary>The current flow goes on as the one that this mark is of.</summary>
    public void Enter()
    {
        if (!IsCurrent)
            Latest.Value = this;
    }

    /// <summary>Whether the current flow has this mark, or comes from one that has.</summary>
    public bool IsCurrent
    {
        get
        {
            for (var mark = Latest.Value; mark is not null; mark = mark._earlier)
            {
                if (ReferenceEquals(mark, this))
                    return true;
            }

            return false;
        }
    }

    /// <summary>Nothing is held under this mark any more.</summary>
    public void End() => _isOver = true;

    /// <summary>
    /// The last mark that is not over, without those before it that are: a flow that goes on for long does not collect them.
    /// </summary>
    private static HoldingFlow? Alive(HoldingFlow? mark)
    {
        while (mark is { _isOver: true })
            mark = mark._earlier;
        if (mark is not null)
        {
            var earlier = mark._earlier;
            while (earlier is { _isOver: true })
                earlier = earlier._earlier;
            mark._earlier = earlier;
        }

        return mark;
    }
}
