using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>How do other distributed locks do what Locks does? One caller, many with a key each, and many that want the same key.</summary>
internal sealed class Peers : IScenario
{
    public static readonly IReadOnlyList<int> InFlight = [64, 256];

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(context, ScenarioNames.Peers);
        var workers = context.HireOne();
        var candidates = await CandidateList.PeersAsync(context, cancellationToken);
        var shapes = new[] { (Shape: Sequential.Shape, Load: Shapes.One) }
            .Concat(InFlight.Select(callers => (Shapes.InFlight(callers), Shapes.Apart(callers))))
            .Concat(Contended.InOneProcess.Select(callers => (Shapes.Waiting(callers), Shapes.Together(callers))));
        foreach (var (shape, load) in shapes)
        {
            foreach (var candidate in candidates)
                await comparison.AddAsync(shape, workers, candidate, load, [], cancellationToken);
        }

        return await comparison.RunAsync(cancellationToken);
    }
}
