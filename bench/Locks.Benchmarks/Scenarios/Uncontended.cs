using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>How many locks go through in a second when each caller wants another one?</summary>
internal sealed class Uncontended : IScenario
{
    public async Task<ScenarioFigures> RunAsync(ScenarioContext stage, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(stage, ScenarioNames.Uncontended);
        var crew = stage.HireAsAsked();
        var raw = CandidateList.Raw(stage, twice: false);
        var requests = CandidateList.Requests(stage, twice: false);
        var advisory = await CandidateList.AdvisoryLocksAsync(stage, crew.Clients.Count, cancellationToken);
        var locks = new[] { CandidateList.LocksInMemory(stage), await CandidateList.LocksDurableAsync(stage) };
        foreach (var callers in stage.Settings.InFlight)
        {
            var (shape, load) = (Shapes.InFlight(callers), Shapes.Apart(callers));
            var below = await comparison.AddAsync(shape, crew, raw, load, [], cancellationToken);
            var beside = await comparison.AddAsync(shape, crew, requests, load, [below], cancellationToken);
            var instead = await comparison.AddAsync(shape, crew, advisory, load, [below], cancellationToken);
            foreach (var contestant in locks)
                await comparison.AddAsync(shape, crew, contestant, load, [below, beside, instead], cancellationToken);
        }

        return await comparison.RunAsync(cancellationToken);
    }
}
