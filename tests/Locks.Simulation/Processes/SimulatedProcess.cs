namespace Locks.Simulation.Processes;

/// <summary>A process from its start to its death.</summary>
internal abstract class SimulatedProcess(string name, SimulatedClock clock)
{
    /// <summary>Its name, which no other process has, nor any earlier or later one.</summary>
    public string Name => name;

    /// <summary>Its clocks and timers.</summary>
    public SimulatedClock Clock => clock;

    /// <summary>Whether it has died. What it still does reaches nothing.</summary>
    public bool IsDead { get; set; }

    /// <summary>Until when it stands still; absent while it runs.</summary>
    public TimeSpan? AsleepUntil { get; private set; }

    /// <summary>For how long it has stood still so far.</summary>
    public TimeSpan Slept { get; private set; }

    /// <summary>The address of its endpoint.</summary>
    public Uri Address { get; } = new($"loopback://simulation/{name}");

    private TimeSpan _fellAsleepAt;
    private bool _isSuspended;

    /// <summary>Stands still: the process alone, or with it the machine and its monotonic clock.</summary>
    public void FallAsleep(TimeSpan now, TimeSpan length, bool isSuspended)
    {
        clock.CatchUp(now);
        (AsleepUntil, _fellAsleepAt, _isSuspended) = (now + length, now, isSuspended);
    }

    /// <summary>Runs again.</summary>
    public void WakeUp(TimeSpan now)
    {
        if (_isSuspended)
            clock.CatchUpSuspended(now);
        else
            clock.CatchUp(now);
        Slept += now - _fellAsleepAt;
        AsleepUntil = null;
    }
}
