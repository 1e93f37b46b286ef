using Locks.Benchmarks.Report;
using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Scenarios;

/// <summary>Does a store slow down that has seen many keys?</summary>
internal sealed class Rows : IScenario
{
    public const int Callers = 64;
    public static readonly IReadOnlyList<int> Sizes = [1_000, 100_000, 1_000_000];

    public async Task<ScenarioFigures> RunAsync(ScenarioContext context, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(context, ScenarioNames.Rows);
        var (workers, load) = (context.HireAsAsked(), Shapes.Apart(Callers));
        var raw = await comparison.AddAsync(
            Shapes.InFlight(Callers), workers, CandidateList.Raw(context, twice: false), load, [], cancellationToken);
        var requests = await comparison.AddAsync(
            Shapes.InFlight(Callers), workers, CandidateList.Requests(context, twice: false), load, [raw], cancellationToken);
        var advisory = await comparison.AddAsync(
            Shapes.InFlight(Callers),
            workers,
            await CandidateList.AdvisoryLocksAsync(context, workers.Clients.Count, cancellationToken),
            load,
            [raw],
            cancellationToken);
        Entry[] beside = [raw, requests, advisory];
        Entry? fewest = null;
        foreach (var rows in Sizes)
        {
            var database = await context.NewDatabaseAsync();
            var candidate = CandidateList.Locks(context, CandidateList.Durable, database);
            var entry = await comparison.AddAsync(
                Shapes.Rows(rows), workers, candidate, load, fewest is null ? beside : [.. beside, fewest], cancellationToken);
            fewest ??= entry;
            await IdleRows.FillAsync(database, context.Scaled(rows), cancellationToken);
        }

        return await comparison.RunAsync(cancellationToken);
    }
}
