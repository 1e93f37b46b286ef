using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>
/// What do metrics cost? Cycles with a key for each caller, with metrics that OpenTelemetry collects and without, side by side, in several
/// pairs of applications: two applications alike differ by more than what is looked for.
/// </summary>
internal sealed class Telemetry : IScenario
{
    /// <summary>The figure: cycles with metrics by those without.</summary>
    public const string Cycles = "cycles/s with metrics, of those without";

    /// <summary>How many callers are in flight.</summary>
    public static readonly IReadOnlyList<int> Callers = [64, 256];

    private const int Pairs = 8;

    private static readonly TimeSpan LongestWarmUp = TimeSpan.FromSeconds(2);

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var workers = context.HireAsAsked();
        var pairs = new List<Pair>();
        while (pairs.Count < Pairs)
        {
            pairs.Add(new Pair(
                await OpenAsync(workers, CandidateList.LocksInMemory(context), cancellationToken),
                await OpenAsync(workers, CandidateList.LocksMeasured(context), cancellationToken)));
        }

        var metrics = new List<Metric>();
        foreach (var callers in Callers)
            metrics.AddRange(await CompareAsync(workers, pairs, callers, context, cancellationToken));
        return new ScenarioFigures(ScenarioNames.Telemetry, [], metrics);
    }

    private static async Task<string> OpenAsync(WorkerSet workers, Candidate candidate, CancellationToken cancellationToken)
    {
        await workers.Server.DoAsync(new OpenResource($"{candidate.Name}-{Guid.CreateVersion7():N}", candidate.Server!), cancellationToken);
        return await workers.OpenClientsAsync(candidate, cancellationToken);
    }

    private static async Task<IReadOnlyList<Metric>> CompareAsync(
        WorkerSet workers, IReadOnlyList<Pair> pairs, int callers, ScenarioContext context, CancellationToken cancellationToken)
    {
        var (settings, shape) = (context.Settings, Shapes.InFlight(callers));
        await Console.Error.WriteLineAsync($"{shape}: warming up.");
        var warmUp = settings.Length < LongestWarmUp ? settings.Length : LongestWarmUp;
        foreach (var pair in pairs)
        {
            await MeasureAsync(pair.Plain, warmUp);
            await MeasureAsync(pair.Measured, warmUp);
        }

        var found = pairs.ToDictionary(pair => pair, _ => (Plain: new List<Measurement>(), Measured: new List<Measurement>()));
        for (var round = 1; round <= settings.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"{shape}: round {round} of {settings.Rounds}.");
            foreach (var pair in pairs)
            {
                // In turn the one and the other first: what happens on the machine meanwhile then meets both alike.
                if (round % 2 == 0)
                    found[pair].Measured.Add(await MeasureAsync(pair.Measured, settings.Length));
                found[pair].Plain.Add(await MeasureAsync(pair.Plain, settings.Length));
                if (round % 2 == 1)
                    found[pair].Measured.Add(await MeasureAsync(pair.Measured, settings.Length));
            }
        }

        var medians = pairs.Select(pair => (
            Plain: Measurement.MedianOf(found[pair].Plain), Measured: Measurement.MedianOf(found[pair].Measured))).ToArray();
        return
        [
            Find(Cycles, "%", medians.Select(pair => pair.Measured.PerSecond / pair.Plain.PerSecond * 100)),
            Find("processor time of a cycle with metrics, of one without", "%",
                medians.Select(pair => pair.Measured.CpuPerOperation / pair.Plain.CpuPerOperation * 100)),
            Find("cycles/s without metrics, of those of the pair before", "%",
                medians.Skip(1).Zip(medians, (pair, before) => pair.Plain.PerSecond / before.Plain.PerSecond * 100)),
            Find("cycles/s without metrics", "per second", medians.Select(pair => pair.Plain.PerSecond)),
        ];

        Task<Measurement> MeasureAsync(string application, TimeSpan length) =>
            workers.MeasureAsync(application, Shapes.Apart(callers) with { Length = length }, cancellationToken);

        Metric Find(string name, string unit, IEnumerable<double> values) => Metric.Of(ScenarioNames.Telemetry, shape, name, unit, values);
    }

    /// <summary>Two applications that differ in whether their metrics are collected.</summary>
    private sealed record Pair(string Plain, string Measured);
}
