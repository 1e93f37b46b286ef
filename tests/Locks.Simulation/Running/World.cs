using Locks.Simulation.Defects;
using Locks.Simulation.Model;
using Locks.Simulation.Network;
using Locks.Simulation.Processes;
using Locks.Simulation.Stores;

namespace Locks.Simulation.Running;

/// <summary>
/// The one true time, and everything that is going to happen. One step is one event: a message arrives, a call of the store takes effect or
/// returns, one timer of one process fires, a process dies, stops or goes on.
/// </summary>
internal sealed class World : IDisposable
{
    private readonly PriorityQueue<Happening, (TimeSpan At, long Order)> _happenings = new();
    private readonly List<SimulatedProcess> _processes = [];
    private long _orders;

    public World(Plan plan, Defect defect, bool keepsLines)
    {
        (Plan, Defect) = (plan, defect);
        Random = new Random(plan.Seed ^ 0x5eed);
        Log = new EventLog(keepsLines);
        Checker = new Checker(this);
        Store = new TrueStore(this);
        Network = new SimulatedNetwork(this);
    }

    public Plan Plan { get; }

    public Defect Defect { get; }

    public Random Random { get; }

    public EventLog Log { get; }

    public Checker Checker { get; }

    public TrueStore Store { get; }

    public SimulatedNetwork Network { get; }

    public Tally Tally { get; } = new();

    /// <summary>The true time, from the start of the run.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>The processes that live.</summary>
    public IReadOnlyList<SimulatedProcess> Processes => _processes;

    /// <summary>How many steps were taken.</summary>
    public long Steps { get; private set; }

    public void Add(SimulatedProcess process) => _processes.Add(process);

    /// <summary>Ends a process.</summary>
    public void Kill(SimulatedProcess process)
    {
        process.IsDead = true;
        _processes.Remove(process);
    }

    /// <summary>Has something happen later.</summary>
    /// <param name="after">When.</param>
    /// <param name="process">The process that it happens in, if any: it waits while that stands still, and falls away when it dies.</param>
    /// <param name="run">What happens.</param>
    public void Schedule(TimeSpan after, SimulatedProcess? process, Action run) => Enqueue(Now + after, new Happening(process, run));

    /// <summary>A latency of the network.</summary>
    public TimeSpan Latency(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds * (0.1 + Random.NextDouble()));

    public bool Chance(double probability) => probability > 0 && Random.NextDouble() < probability;

    /// <summary>Writes a line of the history.</summary>
    public void Tell(string who, string what) => Log.Write(Now, who, what);

    /// <summary>Takes one step.</summary>
    /// <returns>Whether there was one to take.</returns>
    public bool Step()
    {
        while (true)
        {
            var ringing = NextToRing(out var ringsAt);
            var hasHappening = _happenings.TryPeek(out _, out var next);
            if (ringing is null && !hasHappening)
                return false;
            if (ringing is not null && (!hasHappening || ringsAt < next.At))
            {
                MoveTo(ringsAt);
                ringing.Clock.CatchUp(Now);
                if (!ringing.Clock.FireOne())
                    continue;
                Steps++;
                return true;
            }

            var happening = _happenings.Dequeue();
            MoveTo(next.At);
            if (happening.Process is { IsDead: true })
                continue;
            if (happening.Process is { AsleepUntil: { } until })
            {
                Enqueue(until, happening);
                continue;
            }

            happening.Process?.Clock.CatchUp(Now);
            Steps++;
            happening.Run();
            return true;
        }
    }

    public void Dispose() => Log.Dispose();

    private SimulatedProcess? NextToRing(out TimeSpan at)
    {
        SimulatedProcess? first = null;
        at = TimeSpan.MaxValue;
        foreach (var process in _processes)
        {
            if (process.AsleepUntil is null && process.Clock.NextTimerAt is { } ringsAt && ringsAt < at)
                (first, at) = (process, ringsAt);
        }

        return first;
    }

    private void MoveTo(TimeSpan at)
    {
        if (at > Now)
            Now = at;
    }

    private void Enqueue(TimeSpan at, Happening happening) => _happenings.Enqueue(happening, (at, ++_orders));

    private sealed record Happening(SimulatedProcess? Process, Action Run);
}
