using Locks.Simulation.Defects;
using Locks.Simulation.Running;

namespace Locks.Simulation.Processes;

/// <summary>Starts processes, does to them what the plan says, and starts them again.</summary>
internal sealed class Fleet
{
    private static readonly DateTimeOffset WallClock = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    // A quarter of what time servers let a clock drift at the most (docs/guarantees.md).
    private const double MostDrift = 0.00025;

    private readonly World _world;
    private readonly CoordinatorProcess?[] _coordinators;
    private readonly ClientProcess?[] _clients;
    private readonly Caller[][] _callers;
    private int _starts;
    private bool _isEnding;

    public Fleet(World world)
    {
        _world = world;
        _world.Network.Died = OnDied;
        _coordinators = new CoordinatorProcess?[world.Plan.Coordinators];
        _clients = new ClientProcess?[world.Plan.Clients];
        _callers = [.. _clients.Select((_, client) => NewCallers(client))];
        for (var index = 0; index < _coordinators.Length; index++)
            StartCoordinator(index);
        for (var index = 0; index < _clients.Length; index++)
            StartClient(index);
        foreach (var fault in world.Plan.Faults)
            world.Schedule(fault.At, process: null, () => Apply(fault));
    }

    /// <summary>Whether all callers have done all of their operations.</summary>
    public bool IsDone => _callers.All(callers => callers.All(caller => caller.IsDone));

    /// <summary>All processes die; coordinators start again, and no fault comes any more.</summary>
    public void EndOfClients()
    {
        _isEnding = true;
        _world.Tell("simulation", "all clients die, and the coordinators with them");
        foreach (var process in _world.Processes.ToArray())
        {
            if (process is CoordinatorProcess coordinator)
                _world.Network.Lose(coordinator, "all do");
            else
                _world.Kill(process);
        }
    }

    private void Apply(Fault fault)
    {
        if (_isEnding)
            return;

        switch (fault.Kind)
        {
            case FaultKind.QueuePurged:
                _world.Network.Purge();
                break;
            case FaultKind.StoreAway:
                _world.Tell("store", $"is away for {fault.Length.TotalSeconds:0.00} s");
                _world.Store.AwayUntil = _world.Now + fault.Length;
                break;
            case <= FaultKind.CoordinatorClockStep:
                if (_coordinators[fault.Target % _coordinators.Length] is not { } coordinator || !Apply(fault, coordinator))
                    return;
                break;
            default:
                if (_clients[fault.Target % _clients.Length] is not { } client || !Apply(fault, client))
                    return;
                break;
        }

        if (fault.Kind > FaultKind.CoordinatorDiesAfterReply)
            _world.Tally.Add($"fault: {FaultNames.Of(fault.Kind)}");
    }

    private bool Apply(Fault fault, CoordinatorProcess coordinator)
    {
        switch (fault.Kind)
        {
            case FaultKind.CoordinatorDies:
                _world.Network.Lose(coordinator, "killed");
                return true;
            case FaultKind.CoordinatorPause or FaultKind.CoordinatorSuspend:
                return FallAsleep(coordinator, fault.Length, fault.Kind == FaultKind.CoordinatorSuspend);
            case FaultKind.CoordinatorCut:
                return _world.Network.Cut(coordinator, fault.Length);
            case FaultKind.CoordinatorClockStep:
                return StepClock(coordinator, fault.Length);
            default:
                coordinator.DieAt(fault.Kind);
                return true;
        }
    }

    private bool Apply(Fault fault, ClientProcess client)
    {
        switch (fault.Kind)
        {
            case FaultKind.ClientDies:
                var index = Array.IndexOf(_clients, client);
                _clients[index] = null;
                _world.Tell(client.Name, "dies: killed");
                _world.Kill(client);
                Later(fault.Length, () => StartClient(index));
                return true;
            case FaultKind.ClientPause or FaultKind.ClientSuspend:
                return FallAsleep(client, fault.Length, fault.Kind == FaultKind.ClientSuspend);
            case FaultKind.ClientCut:
                return _world.Network.Cut(client, fault.Length);
            default:
                return StepClock(client, fault.Length);
        }
    }

    private bool FallAsleep(SimulatedProcess process, TimeSpan length, bool isSuspended)
    {
        if (process.IsDead || process.AsleepUntil is not null)
            return false;

        _world.Tell(process.Name, $"{(isSuspended ? "its machine is suspended" : "is paused")} for {length.TotalSeconds:0.00} s");
        process.FallAsleep(_world.Now, length, isSuspended);
        if (isSuspended && process is ClientProcess && _world.Defect == Defect.HideSuspension)
            process.Clock.StepWallClock(-length);
        _world.Schedule(length, process: null, () =>
        {
            if (process.IsDead)
                return;
            process.WakeUp(_world.Now);
            _world.Tell(process.Name, "goes on");
        });
        return true;
    }

    private bool StepClock(SimulatedProcess process, TimeSpan by)
    {
        if (process.IsDead || process.AsleepUntil is not null)
            return false;

        // That would hide the suspension, and no client can notice what left no trace (docs/guarantees.md).
        if (by < TimeSpan.Zero && process.Clock.HasUnseenSuspension)
            return false;

        _world.Tell(process.Name, $"its wall clock is set by {by.TotalSeconds:0.00} s");
        process.Clock.CatchUp(_world.Now);
        process.Clock.StepWallClock(by);
        return true;
    }

    private void OnDied(CoordinatorProcess coordinator)
    {
        var index = Array.IndexOf(_coordinators, coordinator);
        _coordinators[index] = null;
        Later(_isEnding ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(_world.Random.NextDouble() * 8), () => StartCoordinator(index));
    }

    private void StartCoordinator(int index)
    {
        var coordinator = new CoordinatorProcess(_world, $"coordinator-{index}.{++_starts}", NewClock());
        _coordinators[index] = coordinator;
        _world.Add(coordinator);
        _world.Tell(coordinator.Name, "starts");
        _world.Network.Ready(coordinator);
    }

    private void StartClient(int index)
    {
        if (_isEnding)
            return;

        var client = new ClientProcess(_world, $"client-{index}.{++_starts}", NewClock());
        _clients[index] = client;
        _world.Add(client);
        _world.Tell(client.Name, "starts");
        foreach (var caller in _callers[index])
            caller.RunIn(client);
    }

    private void Later(TimeSpan after, Action run) => _world.Schedule(after, process: null, run);

    /// <summary>No two clocks agree, nor do they run at the same rate.</summary>
    private SimulatedClock NewClock()
    {
        var offset = TimeSpan.FromSeconds((_world.Random.NextDouble() - 0.5) * 60);
        return new SimulatedClock(WallClock + offset, _world.Now, 1 + ((_world.Random.NextDouble() - 0.5) * 2 * MostDrift));
    }

    private Caller[] NewCallers(int client) => [.. Enumerable.Range(0, _world.Plan.Callers).Select(caller => NewCaller(client, caller))];

    private Caller NewCaller(int client, int caller) =>
        new($"caller-{client}.{caller}", (_world.Plan.Seed * 397) ^ ((client * 100) + caller), _world.Plan.Operations);
}
