using Locks.Coordinator.Domain.Leases;
using Locks.Histories;
using Locks.Simulation.Defects;
using Locks.Simulation.Processes;

namespace Locks.Simulation.Running;

/// <summary>What came out of a run.</summary>
/// <param name="Plan">What was run.</param>
/// <param name="Defect">The deliberate defect, if there was one.</param>
/// <param name="Violation">The promise that was broken; absent if all were kept.</param>
/// <param name="Steps">How many steps were taken.</param>
/// <param name="Time">How much simulated time passed.</param>
/// <param name="Hash">The hash of the history.</param>
/// <param name="History">The history, where it was kept.</param>
/// <param name="Tally">What happened, counted.</param>
internal sealed record Outcome(
    Plan Plan, Defect Defect, Violation? Violation, long Steps, TimeSpan Time, string Hash, IReadOnlyList<string> History, Tally Tally);

/// <summary>Runs a plan from its start to its end, or to the first promise that is broken.</summary>
internal sealed class Simulation
{
    /// <summary>
    /// How long after the end of all clients every lock has to be free (docs/guarantees.md, G5 and G7): the longest wait that a message
    /// still under way may ask for, the confirmation window or lease of a grant at its end, the sweeper's interval and grace, and what it
    /// takes to start.
    /// </summary>
    private static readonly TimeSpan FreeWithin = TimeSpan.FromSeconds(20 + 10 + 2 + 1 + 5);

    private readonly World _world;
    private Fleet? _fleet;
    private TimeSpan? _endsAt;

    private Simulation(World world) => _world = world;

    /// <summary>Runs a plan.</summary>
    public static Outcome Run(Plan plan, Defect defect = Defect.None, bool keepsHistory = false)
    {
        CountedIds.Begin();
        using var world = new World(plan, defect, keepsHistory);
        var simulation = new Simulation(world);
        Pump.Run(simulation.Step);
        return new Outcome(
            plan, defect, world.Checker.Violation, world.Steps, world.Now, world.Log.Hash(), world.Log.Lines, world.Tally);
    }

    private bool Step()
    {
        if (_fleet is null)
        {
            _fleet = new Fleet(_world);
            return true;
        }

        _world.Checker.Check();
        if (_world.Checker.Violation is not null)
            return false;
        if (_endsAt is null && (_fleet.IsDone || _world.Now > Plan.Limit))
            End();
        if (_endsAt is { } end && _world.Now >= end)
        {
            CheckAllFree();
            return false;
        }

        return _world.Step();
    }

    /// <summary>All clients die while callers may hold or wait, and time passes until nothing may be left of them.</summary>
    private void End()
    {
        if (!_fleet!.IsDone)
            _world.Checker.Report("G12", "the callers have not come to their end");
        _fleet.EndOfClients();
        _endsAt = _world.Now + FreeWithin;
        _world.Schedule(FreeWithin, process: null, static () => { });
    }

    private void CheckAllFree()
    {
        foreach (var lease in _world.Store.Leases)
        {
            if (lease.Stage is not (LeaseStage.Unknown or LeaseStage.Ended))
                _world.Checker.Report("G5", $"a shared lease is {lease.Stage} {FreeWithin.TotalSeconds:0} s after all clients died");
        }

        foreach (var stored in _world.Store.Locks)
        {
            if (stored.State.Holder is { } holder)
            {
                _world.Checker.Report(
                    "G5",
                    $"'{stored.State.Key}' is not free {FreeWithin.TotalSeconds:0} s after all clients died: its lease ended "
                    + $"{(_world.Store.Time - holder.ExpiresAt).TotalSeconds:0.0} s ago");
            }
        }
    }
}
