using Locks.Benchmarks.Report;
using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Scenarios;

/// <summary>Does a store slow down that has seen many keys?</summary>
internal sealed class Rows : IScenario
{
    public const int Callers = 64;
    public static readonly IReadOnlyList<int> Sizes = [1_000, 100_000, 1_000_000];

    public async Task<ScenarioFigures> RunAsync(ScenarioContext stage, CancellationToken cancellationToken)
    {
        var comparison = new Comparison(stage, ScenarioNames.Rows);
        var (crew, load) = (stage.HireAsAsked(), Shapes.Apart(Callers));
        var raw = await comparison.AddAsync(
            Shapes.InFlight(Callers), crew, CandidateList.Raw(stage, twice: false), load, [], cancellationToken);
        var requests = await comparison.AddAsync(
            Shapes.InFlight(Callers), crew, CandidateList.Requests(stage, twice: false), load, [raw], cancellationToken);
        var advisory = await comparison.AddAsync(
            Shapes.InFlight(Callers),
            crew,
            await CandidateList.AdvisoryLocksAsync(stage, crew.Clients.Count, cancellationToken),
            load,
            [raw],
            cancellationToken);
        Entry[] beside = [raw, requests, advisory];
        Entry? fewest = null;
        foreach (var rows in Sizes)
        {
            var database = await stage.NewDatabaseAsync();
            var contestant = CandidateList.Locks(stage, CandidateList.Durable, database);
            var entry = await comparison.AddAsync(
                Shapes.Rows(rows), crew, contestant, load, fewest is null ? beside : [.. beside, fewest], cancellationToken);
            fewest ??= entry;
            await IdleRows.FillAsync(database, stage.Scaled(rows), cancellationToken);
        }

        return await comparison.RunAsync(cancellationToken);
    }
}
