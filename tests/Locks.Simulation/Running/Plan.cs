namespace Locks.Simulation.Running;

/// <summary>Something that goes wrong at a moment.</summary>
/// <param name="At">When, in true time.</param>
/// <param name="Kind">What.</param>
/// <param name="Target">Which process: a number, of which the remainder counts.</param>
/// <param name="Length">For how long, or by how much.</param>
internal sealed record Fault(TimeSpan At, FaultKind Kind, int Target, TimeSpan Length);

/// <summary>How often messages and calls of the store go wrong, each a probability.</summary>
/// <param name="Drop">A message is lost.</param>
/// <param name="Duplicate">A message arrives twice.</param>
/// <param name="Delay">A message takes up to two seconds; others pass it.</param>
/// <param name="StoreFails">A call of the store fails and changes nothing.</param>
/// <param name="StoreUnknown">A commit is stored, and its answer is lost.</param>
/// <param name="StoreSlow">A call of the store takes up to 200 ms each way.</param>
internal sealed record Weather(double Drop, double Duplicate, double Delay, double StoreFails, double StoreUnknown, double StoreSlow);

/// <summary>Everything that a run depends on: the same plan has the same history.</summary>
/// <param name="Seed">Decides what the plan does not name: latencies, which message goes wrong, what callers do.</param>
/// <param name="Clients">How many client processes.</param>
/// <param name="Callers">How many callers in each.</param>
/// <param name="Operations">How many operations each caller has.</param>
/// <param name="Coordinators">How many coordinators.</param>
/// <param name="Keys">How many keys.</param>
/// <param name="Weather">How often messages and calls of the store go wrong.</param>
/// <param name="Faults">What else goes wrong, by time.</param>
internal sealed record Plan(
    int Seed, int Clients, int Callers, int Operations, int Coordinators, int Keys, Weather Weather, IReadOnlyList<Fault> Faults)
{
    /// <summary>How long after its start a run may last, in true time: far more than it takes.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromHours(6);

    private static readonly FaultKind[] Kinds = Enum.GetValues<FaultKind>();

    /// <summary>The plan of a seed. Each seed has some kinds of faults and not others: none hides what another would show.</summary>
    public static Plan Of(int seed, int operations)
    {
        var random = new Random(seed);
        var weather = new Weather(
            Rate(random, 0.05), Rate(random, 0.1), Rate(random, 0.1), Rate(random, 0.03), Rate(random, 0.03), Rate(random, 0.1));
        var kinds = Kinds.Where(_ => random.Next(2) == 0).ToArray();
        var faults = new List<Fault>();
        var gap = TimeSpan.FromSeconds(2 + random.Next(20));
        var at = TimeSpan.FromSeconds(1);
        for (var count = kinds.Length == 0 ? 0 : 60; count > 0; count--)
        {
            at += gap * (2 * random.NextDouble());
            var kind = kinds[random.Next(kinds.Length)];
            faults.Add(new Fault(at, kind, random.Next(16), LengthOf(kind, random)));
        }

        var (clients, callers) = (random.Next(1, 4), random.Next(1, 5));
        var (coordinators, keys) = (random.Next(1, 4), random.Next(1, 4));
        return new Plan(seed, clients, callers, operations, coordinators, keys, weather, faults);
    }

    private static double Rate(Random random, double most) => random.Next(2) == 0 ? 0 : random.NextDouble() * most;

    private static TimeSpan LengthOf(FaultKind kind, Random random) => kind switch
    {
        FaultKind.CoordinatorClockStep or FaultKind.ClientClockStep => TimeSpan.FromSeconds((random.NextDouble() - 0.5) * 20),
        FaultKind.StoreAway => TimeSpan.FromSeconds(random.NextDouble() * 5),
        // Where a process is paused or starts again, mostly for less than a lease, and sometimes for long.
        _ => TimeSpan.FromSeconds(random.Next(4) == 0 ? random.NextDouble() * 40 : random.NextDouble() * 5),
    };
}
