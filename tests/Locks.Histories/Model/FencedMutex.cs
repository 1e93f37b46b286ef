namespace Locks.Histories.Model;

/// <summary>
/// What one lock promises to those that hold it, and to the resource that it guards: no two callers know at the same time that they hold
/// it (G1, G8), fencing tokens rise in the order in which callers get it (G3), and the resource refuses older tokens, and no holder. It is
/// told what happens in the order in which it does.
/// </summary>
/// <param name="key">The lock's key.</param>
/// <param name="report">Is told of each promise that is broken.</param>
public sealed class FencedMutex(string key, Action<Violation> report)
{
    private readonly List<Hold> _holds = [];
    private (long Fence, string By)? _got;
    private (long Fence, string By)? _accepted;

    /// <summary>The highest token that the resource has accepted; absent before the first.</summary>
    public long? LastAccepted => _accepted?.Fence;

    /// <summary>A caller got the lock, and knows at this moment that it holds it.</summary>
    public Hold Got(string who, long fence, TimeSpan at)
    {
        if (_got is { } last && fence <= last.Fence)
            report(new("G3", $"{who} got '{key}' with the token {fence}, after {last.By} had got it with {last.Fence}"));
        _got = (fence, who);
        var hold = new Hold(who, fence, at);
        _holds.Add(hold);
        Holds(hold, at);
        return hold;
    }

    /// <summary>A caller knows at this moment that it still holds the lock.</summary>
    public void Holds(Hold hold, TimeSpan at)
    {
        hold.Until = at > hold.Until ? at : hold.Until;
        foreach (var other in _holds)
        {
            if (other == hold || !hold.Overlaps(other))
                continue;
            report(new("G1", $"{other} and {hold} both hold '{key}'"));
            return;
        }
    }

    /// <summary>A caller counts on nothing from now on: it releases the lock, or is dead.</summary>
    public void Ends(Hold hold)
    {
        hold.IsOver = true;
        // What is over can only overlap what had begun before its end.
        _holds.RemoveAll(over => over.IsOver && !_holds.Exists(open => !open.IsOver && open.From < over.Until));
    }

    /// <summary>The resource accepted a write.</summary>
    public void Accepted(string who, long fence)
    {
        if (_accepted is { } last && fence < last.Fence)
            report(new("fencing", $"the resource of '{key}' accepted {fence} of {who}, after it had accepted {last.Fence} of {last.By}"));
        else
            _accepted = (fence, who);
    }

    /// <summary>The resource refused a write of a caller that knew after the answer that it still held the lock.</summary>
    public void Refused(Hold hold)
    {
        var why = _accepted is { } last ? $": {last.By} wrote with {last.Fence}" : "";
        report(new("G8", $"the resource of '{key}' refused {hold}, who holds the lock{why}"));
    }
}
