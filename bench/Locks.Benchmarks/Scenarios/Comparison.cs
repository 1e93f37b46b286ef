using Locks.Benchmarks.Baselines;
using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Report;

namespace Locks.Benchmarks.Scenarios;

/// <summary>Collects the entries of a scenario, and opens what they need.</summary>
internal sealed class Comparison(ScenarioContext context, string scenario)
{
    private readonly List<Entry> _entries = [];
    private readonly HashSet<Candidate> _servers = [];
    private readonly Dictionary<(WorkerSet WorkerSet, Candidate Candidate), string> _clients = [];

    public async Task<Entry> AddAsync(
        string shape, WorkerSet workers, Candidate candidate, LoadShape load, IReadOnlyList<Entry> floors, CancellationToken cancellationToken)
    {
        if (candidate.Server is { } server && _servers.Add(candidate))
            await workers.Server.DoAsync(new OpenResource($"{candidate.Name}-{Guid.CreateVersion7():N}", server), cancellationToken);
        if (!_clients.TryGetValue((workers, candidate), out var part))
            part = _clients[(workers, candidate)] = await workers.OpenClientsAsync(candidate, cancellationToken);

        var entry = new Entry(scenario, shape, candidate.Name, candidate.Operation, workers, part, load, floors);
        _entries.Add(entry);
        return entry;
    }

    /// <summary>Measures all of them, and what the disk gives meanwhile.</summary>
    public async Task<ScenarioFigures> RunAsync(CancellationToken cancellationToken)
    {
        var disk = new Candidate("single-row commit", "1 commit", new DurableCommitsResource(await context.NewDatabaseAsync()));
        await AddAsync("disk", context.Hire(0), disk, Shapes.One, [], cancellationToken);
        return new ScenarioFigures(scenario, await Rounds.RunAsync(_entries, context.Settings, cancellationToken), []);
    }
}
