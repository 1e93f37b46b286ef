using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>
/// How quickly does one lock go from hand to hand, and does every caller get it? A hand-off is a release and a grant, one after the
/// other, so the round trips beside it are those of one caller.
/// </summary>
internal sealed class Contended : IScenario
{
    public const int Processes = 4;
    public const int EachProcess = 16;
    public static readonly IReadOnlyList<int> InOneProcess = [16, 64];

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(context, ScenarioNames.Contended);
        var (one, four) = (context.HireOne(), context.Hire(Processes));
        var advisory = await CandidateList.AdvisoryLocksAsync(context, processes: 1, cancellationToken);
        var locks = new[] { CandidateList.LocksInMemory(context), await CandidateList.LocksDurableAsync(context) };
        var raw = await comparison.AddAsync(Sequential.Shape, one, CandidateList.Raw(context, twice: false), Shapes.One, [], cancellationToken);
        var requests = await comparison.AddAsync(
            Sequential.Shape, one, CandidateList.Requests(context, twice: false), Shapes.One, [raw], cancellationToken);

        var shapes = InOneProcess.Select(callers => (Shape: Shapes.Waiting(callers), WorkerSet: one, Load: Shapes.Together(callers)))
            .Append((Shapes.Waiting(Processes, EachProcess), four, Shapes.Together(Processes * EachProcess) with { KeyPrefix = "bench-contended-apart" }));
        foreach (var (shape, workers, load) in shapes)
        {
            var instead = await comparison.AddAsync(shape, workers, advisory, load, [], cancellationToken);
            foreach (var candidate in locks)
                await comparison.AddAsync(shape, workers, candidate, load, [raw, requests, instead], cancellationToken);
        }

        return await comparison.RunAsync(cancellationToken);
    }
}
