using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>How long does one caller wait that acquires one lock after the other?</summary>
internal sealed class Sequential : IScenario
{
    public const string Shape = "one caller";

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(context, ScenarioNames.Sequential);
        var workers = context.HireOne();
        var raw = await comparison.AddAsync(Shape, workers, CandidateList.Raw(context, twice: true), Shapes.One, [], cancellationToken);
        var requests = await comparison.AddAsync(
            Shape, workers, CandidateList.Requests(context, twice: true), Shapes.One, [raw], cancellationToken);
        var advisory = await comparison.AddAsync(
            Shape, workers, await CandidateList.AdvisoryLocksAsync(context, processes: 1, cancellationToken), Shapes.One, [raw], cancellationToken);
        foreach (var locks in await CandidateList.LocksOnEachStoreAsync(context))
            await comparison.AddAsync(Shape, workers, locks, Shapes.One, [raw, requests, advisory], cancellationToken);
        return await comparison.RunAsync(cancellationToken);
    }
}
