using Locks.Simulation.Processes;
using Locks.Simulation.Running;

namespace Locks.Simulation.Model;

/// <summary>
/// What clients believe: at no moment of the true time do two handles of one key say that they hold it (G1, G8), fencing tokens rise in the
/// order in which callers get the lock (G3), and a resource that refuses older tokens refuses no caller whose handle says that it holds.
/// </summary>
internal sealed class HoldModel(Checker checker, World world)
{
    private readonly Dictionary<string, List<Hold>> _holds = [];
    private readonly Dictionary<string, (long Fence, string By)> _got = [];
    private readonly Dictionary<string, (long Fence, string By)> _written = [];

    /// <summary>A caller got a lock.</summary>
    public Hold Got(SimulatedProcess process, string who, string key, long fence, Func<bool> isHeld)
    {
        if (_got.TryGetValue(key, out var last) && fence <= last.Fence)
            checker.Report("G3", $"{who} got '{key}' with the token {fence}, after {last.By} had got it with {last.Fence}");
        _got[key] = (fence, who);
        var hold = new Hold(process, who, key, fence, isHeld);
        if (!_holds.TryGetValue(key, out var holds))
            _holds.Add(key, holds = []);
        holds.Add(hold);
        return hold;
    }

    /// <summary>The caller is about to release the lock: from now on it counts on nothing.</summary>
    public void Releases(Hold hold) => _holds[hold.Key].Remove(hold);

    /// <summary>The caller writes to the resource that the lock guards, if its handle says that it holds the lock.</summary>
    public void Writes(Hold hold)
    {
        if (!hold.IsHeld())
            return;
        if (_written.TryGetValue(hold.Key, out var last) && hold.Fence < last.Fence)
            checker.Report(
                "G8", $"the resource refused {hold.Who}, who holds '{hold.Key}' with {hold.Fence}: {last.By} wrote with {last.Fence}");
        else
            _written[hold.Key] = (hold.Fence, hold.Who);
    }

    /// <summary>A process that stands still believes nothing: it looks at the clock before it goes on.</summary>
    public void Check()
    {
        foreach (var (key, holds) in _holds)
        {
            if (holds.Count < 2)
                continue;

            holds.RemoveAll(hold => hold.Process.IsDead);
            Hold? first = null;
            foreach (var hold in holds)
            {
                if (hold.Process.AsleepUntil is not null)
                    continue;
                hold.Process.Clock.CatchUp(world.Now);
                if (!hold.IsHeld())
                    continue;
                if (first is not null)
                    checker.Report("G1", $"{first.Who} (token {first.Fence}) and {hold.Who} (token {hold.Fence}) both hold '{key}'");
                first = hold;
            }
        }
    }

    /// <summary>A lock that a caller got.</summary>
    internal sealed record Hold(SimulatedProcess Process, string Who, string Key, long Fence, Func<bool> IsHeld);
}
