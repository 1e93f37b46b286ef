using Locks.Benchmarks.Baselines;
using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>Collects the entries of a scenario, and opens what they need.</summary>
internal sealed class Comparison(ScenarioContext stage, string scenario)
{
    private readonly List<Entry> _entries = [];
    private readonly HashSet<Candidate> _servers = [];
    private readonly Dictionary<(WorkerSet WorkerSet, Candidate Candidate), string> _clients = [];

    public async Task<Entry> AddAsync(
        string shape, WorkerSet crew, Candidate contestant, LoadShape load, IReadOnlyList<Entry> floors, CancellationToken cancellationToken)
    {
        if (contestant.Server is { } server && _servers.Add(contestant))
            await crew.Server.DoAsync(new OpenResource($"{contestant.Name}-{Guid.CreateVersion7():N}", server), cancellationToken);
        if (!_clients.TryGetValue((crew, contestant), out var part))
            part = _clients[(crew, contestant)] = await crew.OpenClientsAsync(contestant, cancellationToken);

        var entry = new Entry(scenario, shape, contestant.Name, contestant.Operation, crew, part, load, floors);
        _entries.Add(entry);
        return entry;
    }

    /// <summary>Measures all of them, and what the disk gives meanwhile.</summary>
    public async Task<ScenarioFigures> RunAsync(CancellationToken cancellationToken)
    {
        var disk = new Candidate("single-row commit", "1 commit", new DurableCommitsResource(await stage.NewDatabaseAsync()));
        await AddAsync("disk", stage.Hire(0), disk, Shapes.One, [], cancellationToken);
        return new ScenarioFigures(scenario, await Rounds.RunAsync(_entries, stage.Settings, cancellationToken), []);
    }
}
