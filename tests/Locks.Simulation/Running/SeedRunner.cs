using Locks.Simulation.Defects;

namespace Locks.Simulation.Running;

/// <summary>Runs seeds one after another, and prints what came out.</summary>
/// <param name="output">Where to print.</param>
/// <param name="operations">How many operations each caller does.</param>
/// <param name="defect">The deliberate defect, if there is one.</param>
/// <param name="printsHash">Whether to print the hash of each history.</param>
/// <param name="shrinks">Whether to make a failure smaller before it is printed.</param>
internal sealed class SeedRunner(TextWriter output, int operations, Defect defect, bool printsHash, bool shrinks)
{
    private readonly Tally _tally = new();
    private TimeSpan _simulated;
    private long _steps;
    private int _runs;

    /// <summary>Runs one seed.</summary>
    /// <returns>The exit code: 0, or 1 if a promise was broken.</returns>
    public int RunOne(int seed, bool printsHistory)
    {
        var outcome = Run(seed, keepsHistory: true);
        if (outcome.Violation is not null)
            return Fail(outcome, printsHistory);
        if (printsHistory)
            Print(outcome.History);
        return Summarize();
    }

    /// <summary>Runs seeds up to the first that breaks a promise.</summary>
    /// <returns>The exit code: 0, or 1 if a promise was broken.</returns>
    public int RunMany(int from, int count)
    {
        for (var seed = from; seed < from + count; seed++)
        {
            if (Run(seed, keepsHistory: false) is { Violation: not null } outcome)
                return Fail(outcome);
        }

        return Summarize();
    }

    /// <summary>Runs seeds for some time.</summary>
    /// <returns>The exit code: 0, or 1 if a promise was broken.</returns>
    public int RunFor(int from, TimeSpan time)
    {
        var begun = TimeProvider.System.GetTimestamp();
        for (var seed = from; TimeProvider.System.GetElapsedTime(begun) < time; seed++)
        {
            if (Run(seed, keepsHistory: false) is { Violation: not null } outcome)
                return Fail(outcome);
        }

        return Summarize();
    }

    private Outcome Run(int seed, bool keepsHistory)
    {
        var outcome = Simulation.Run(Plan.Of(seed, operations), defect, keepsHistory);
        _runs++;
        _steps += outcome.Steps;
        _simulated += outcome.Time;
        _tally.Add(outcome.Tally);
        if (printsHash)
            output.WriteLine($"seed {seed} hash {outcome.Hash}");
        return outcome;
    }

    private int Fail(Outcome outcome, bool printsHistory = false)
    {
        var (promise, what) = outcome.Violation!;
        output.WriteLine($"seed {outcome.Plan.Seed}: {promise} is broken after {outcome.Steps} steps: {what}");
        output.WriteLine($"replay: {Replay(outcome)}");
        if (printsHistory)
            Print(outcome.History);
        if (!shrinks)
            return 1;
        var shrunken = Shrinker.Shrink(outcome);
        output.WriteLine($"shrunken: {shrunken.Plan.Faults.Count} faults, {shrunken.Plan.Weather}, {shrunken.Steps} steps:");
        Print(shrunken.History);
        return 1;
    }

    private string Replay(Outcome outcome) =>
        $"dotnet run --project tests/Locks.Simulation -c Release -- --seed {outcome.Plan.Seed} --operations {operations}"
        + (defect == Defect.None ? "" : $" --defect {defect}");

    private int Summarize()
    {
        output.WriteLine($"seeds {_runs}, steps {_steps}, simulated {_simulated.TotalHours:0.0} h, violations 0");
        foreach (var (name, count) in _tally.Counts)
            output.WriteLine($"  {name,-55} {count,12}");
        return 0;
    }

    private void Print(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            output.WriteLine(line);
    }
}
