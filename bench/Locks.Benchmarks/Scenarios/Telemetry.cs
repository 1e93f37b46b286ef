using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>What do metrics cost? Cycles with a key for each caller, with metrics that OpenTelemetry collects and without, side by side.</summary>
internal sealed class Telemetry : IScenario
{
    /// <summary>How many callers are in flight.</summary>
    public static readonly IReadOnlyList<int> Callers = [64, 256];

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(context, ScenarioNames.Telemetry);
        var workers = context.HireAsAsked();
        var (plain, measured) = (CandidateList.LocksInMemory(context), CandidateList.LocksMeasured(context));
        foreach (var callers in Callers)
        {
            var (shape, load) = (Shapes.InFlight(callers), Shapes.Apart(callers));
            var without = await comparison.AddAsync(shape, workers, plain, load, [], cancellationToken);
            await comparison.AddAsync(shape, workers, measured, load, [without], cancellationToken);
        }

        return await comparison.RunAsync(cancellationToken);
    }
}
