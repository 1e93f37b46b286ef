using Locks.Simulation.Processes;
using Locks.Simulation.Running;

namespace Locks.Simulation.Model;

/// <summary>Every call ends within its bound (G9, G12), counted while its process runs.</summary>
internal sealed class CallModel(Checker checker, World world)
{
    private readonly LinkedList<Call> _calls = [];
    private TimeSpan _checkedAt;

    /// <summary>A call begins.</summary>
    /// <returns>What ends it.</returns>
    public Action Begin(SimulatedProcess process, string what, TimeSpan bound)
    {
        var node = _calls.AddLast(new Call(process, what, world.Now, process.Slept, bound));
        return () => _calls.Remove(node);
    }

    /// <summary>Looks for calls that take too long; once a second is enough.</summary>
    public void Check()
    {
        if (world.Now - _checkedAt < TimeSpan.FromSeconds(1))
            return;

        _checkedAt = world.Now;
        for (var node = _calls.First; node is not null;)
        {
            var (call, following) = (node.Value, node.Next);
            if (call.Process.IsDead)
                _calls.Remove(node);
            else if (call.Process.AsleepUntil is null && world.Now - call.BegunAt - (call.Process.Slept - call.Slept) > call.Bound)
                checker.Report("G12", $"{call.What} has not ended within {call.Bound.TotalSeconds:0.0} s");
            node = following;
        }
    }

    private sealed record Call(SimulatedProcess Process, string What, TimeSpan BegunAt, TimeSpan Slept, TimeSpan Bound);
}
