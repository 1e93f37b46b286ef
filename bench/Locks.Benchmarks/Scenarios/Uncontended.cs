using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>How many locks go through in a second when each caller wants another one?</summary>
internal sealed class Uncontended : IScenario
{
    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(context, ScenarioNames.Uncontended);
        var workers = context.HireAsAsked();
        var raw = CandidateList.Raw(context, twice: false);
        var requests = CandidateList.Requests(context, twice: false);
        var advisory = await CandidateList.AdvisoryLocksAsync(context, workers.Clients.Count, cancellationToken);
        var locks = await CandidateList.LocksOnEachStoreAsync(context);
        foreach (var callers in context.Settings.InFlight)
        {
            var (shape, load) = (Shapes.InFlight(callers), Shapes.Apart(callers));
            var below = await comparison.AddAsync(shape, workers, raw, load, [], cancellationToken);
            var beside = await comparison.AddAsync(shape, workers, requests, load, [below], cancellationToken);
            var instead = await comparison.AddAsync(shape, workers, advisory, load, [below], cancellationToken);
            foreach (var candidate in locks)
                await comparison.AddAsync(shape, workers, candidate, load, [below, beside, instead], cancellationToken);
        }

        return await comparison.RunAsync(cancellationToken);
    }
}
