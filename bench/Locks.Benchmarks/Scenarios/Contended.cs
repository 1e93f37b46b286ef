using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>
/// How quickly does one lock go from hand to hand, and does everybody have a turn? A hand-off is a release and a grant, one after the
/// other, so the round trips beside it are those of one caller.
/// </summary>
internal sealed class Contended : IScenario
{
    public const int Processes = 4;
    public const int EachProcess = 16;
    public static readonly IReadOnlyList<int> InOneProcess = [16, 64];

    public async Task<ScenarioFigures> RunAsync(ScenarioContext stage, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(stage, ScenarioNames.Contended);
        var (one, four) = (stage.HireOne(), stage.Hire(Processes));
        var advisory = await CandidateList.AdvisoryLocksAsync(stage, processes: 1, cancellationToken);
        var locks = new[] { CandidateList.LocksInMemory(stage), await CandidateList.LocksDurableAsync(stage) };
        var raw = await comparison.AddAsync(Sequential.Shape, one, CandidateList.Raw(stage, twice: false), Shapes.One, [], cancellationToken);
        var requests = await comparison.AddAsync(
            Sequential.Shape, one, CandidateList.Requests(stage, twice: false), Shapes.One, [raw], cancellationToken);

        var shapes = InOneProcess.Select(callers => (Shape: Shapes.Waiting(callers), WorkerSet: one, Load: Shapes.Together(callers)))
            .Append((Shapes.Waiting(Processes, EachProcess), four, Shapes.Together(Processes * EachProcess) with { KeyPrefix = "bench-contended-apart" }));
        foreach (var (shape, crew, load) in shapes)
        {
            var instead = await comparison.AddAsync(shape, crew, advisory, load, [], cancellationToken);
            foreach (var contestant in locks)
                await comparison.AddAsync(shape, crew, contestant, load, [raw, requests, instead], cancellationToken);
        }

        return await comparison.RunAsync(cancellationToken);
    }
}
