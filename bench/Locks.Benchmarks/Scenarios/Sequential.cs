using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>What does one caller wait for, who asks for one lock after the other?</summary>
internal sealed class Sequential : IScenario
{
    public const string Shape = "one caller";

    public async Task<ScenarioFigures> RunAsync(ScenarioContext stage, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(stage, ScenarioNames.Sequential);
        var crew = stage.HireOne();
        var raw = await comparison.AddAsync(Shape, crew, CandidateList.Raw(stage, twice: true), Shapes.One, [], cancellationToken);
        var requests = await comparison.AddAsync(Shape, crew, CandidateList.Requests(stage, twice: true), Shapes.One, [raw], cancellationToken);
        var advisory = await comparison.AddAsync(
            Shape, crew, await CandidateList.AdvisoryLocksAsync(stage, processes: 1, cancellationToken), Shapes.One, [raw], cancellationToken);
        foreach (var locks in new[] { CandidateList.LocksInMemory(stage), await CandidateList.LocksDurableAsync(stage) })
            await comparison.AddAsync(Shape, crew, locks, Shapes.One, [raw, requests, advisory], cancellationToken);
        return await comparison.RunAsync(cancellationToken);
    }
}
