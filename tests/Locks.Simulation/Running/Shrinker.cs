namespace Locks.Simulation.Running;

/// <summary>Makes a failing plan smaller, as long as it breaks the same promise: fewer faults, better weather, fewer operations.</summary>
internal static class Shrinker
{
    private const int MostRuns = 60;

    /// <summary>Shrinks a failure.</summary>
    /// <returns>The smallest one that was found, with its history.</returns>
    public static Outcome Shrink(Outcome failure)
    {
        var (best, runs) = (failure, 0);
        Try(plan => plan with { Faults = [.. plan.Faults.Where(fault => fault.At < best.Time)] });
        foreach (var calmer in Calmer())
            Try(plan => plan with { Weather = calmer(plan.Weather) });
        while (best.Plan.Operations > 1 && Try(plan => plan with { Operations = plan.Operations / 2 }))
        {
            // Again.
        }

        Try(plan => plan with { Callers = 1 });
        Try(plan => plan with { Coordinators = 1 });
        Try(plan => plan with { Keys = 1 });
        for (var size = Math.Max(1, best.Plan.Faults.Count / 2); ; size /= 2)
        {
            for (var at = 0; at < best.Plan.Faults.Count;)
            {
                var start = at;
                if (!Try(plan => plan with { Faults = [.. plan.Faults.Where((_, index) => index < start || index >= start + size)] }))
                    at += size;
            }

            if (size <= 1)
                break;
        }

        return Simulation.Run(best.Plan, failure.Defect, keepsHistory: true);

        bool Try(Func<Plan, Plan> change)
        {
            var plan = change(best.Plan);
            if (plan == best.Plan || runs++ >= MostRuns)
                return false;
            var outcome = Simulation.Run(plan, failure.Defect);
            if (outcome.Violation?.Promise != failure.Violation!.Promise)
                return false;
            best = outcome;
            return true;
        }
    }

    private static IEnumerable<Func<Weather, Weather>> Calmer() =>
    [
        weather => weather with { Drop = 0 },
        weather => weather with { Duplicate = 0 },
        weather => weather with { Delay = 0 },
        weather => weather with { StoreFails = 0 },
        weather => weather with { StoreUnknown = 0 },
        weather => weather with { StoreSlow = 0 },
    ];
}
