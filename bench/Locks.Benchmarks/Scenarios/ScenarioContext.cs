using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Command;
using Locks.Benchmarks.Processes;
using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Scenarios;

/// <summary>What a scenario sets up; taken down with it, the last thing first.</summary>
internal sealed class ScenarioContext(BenchmarkSettings settings, BenchmarkServers servers) : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _things = new();
    private readonly ThisProcess _here = new();
    private IWorker? _server;

    public BenchmarkSettings Settings => settings;

    public Uri Broker => servers.Broker;

    /// <summary>The servers of other locks, where the scenario is about them.</summary>
    public PeerServers Peers => servers.Peers!;

    /// <summary>A number of locks, waiters or rows, as many times smaller as the run is.</summary>
    public int Scaled(int number) => Math.Max(1, (int)(number * settings.Scale));

    /// <summary>A stretch of time that shrinks with the run, down to a least.</summary>
    public TimeSpan Scaled(TimeSpan time, TimeSpan least) => time * settings.Scale is var scaled && scaled > least ? scaled : least;

    public T Keep<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Push(thing);
        return thing;
    }

    /// <summary>A queue's name, new.</summary>
    public string NewQueue() => Keep(new OwnQueue(servers.Broker)).Name;

    /// <summary>A database, new and empty.</summary>
    public async Task<string> NewDatabaseAsync() => Keep(await OwnDatabase.CreateAsync(servers.Store)).ConnectionString;

    /// <summary>A file's path, in a folder of its own.</summary>
    public string NewFile() => Path.Combine(Keep(new OwnFolder()).Path, "locks.db");

    /// <summary>How many connections a pool of the baseline's may have: 100, or half of what the server grants if that is less.</summary>
    public async Task<int> AdvisoryPoolAsync(CancellationToken cancellationToken) =>
        Math.Min(100, await servers.MostConnectionsAsync(cancellationToken) / 2);

    /// <summary>How many connections are left for another pool beside that one and the coordinator's.</summary>
    public async Task<int> PeerPoolAsync(CancellationToken cancellationToken) =>
        await servers.MostConnectionsAsync(cancellationToken) * 9 / 10 - await AdvisoryPoolAsync(cancellationToken);

    /// <summary>Processes as <c>--processes</c> asks for.</summary>
    public WorkerSet HireAsAsked() => Hire(settings.IsApart ? settings.Processes : 0);

    /// <summary>One process that makes load, this one if all is in one.</summary>
    public WorkerSet HireOne() => Hire(settings.IsApart ? 1 : 0);

    /// <summary>Some processes that make load, none for this one; the coordinator's is the same for all sets of a scenario.</summary>
    public WorkerSet Hire(int clients)
    {
        _server ??= settings.IsApart ? NewChild() : Here();
        return new WorkerSet(_server, clients == 0 ? [Here()] : [.. Enumerable.Range(0, clients).Select(_ => NewChild())]);
    }

    /// <summary>Processes in which nothing else is measured: one for the coordinator, and those that make load.</summary>
    public WorkerSet HireApart() => new(NewChild(), [.. Enumerable.Range(0, Math.Max(1, settings.Processes)).Select(_ => NewChild())]);

    public ChildProcess NewChild() => Keep(ChildProcess.Start());

    /// <summary>A coordinator over PostgreSQL, open in a set of workers.</summary>
    /// <returns>Its queue and its database.</returns>
    public async Task<(string Queue, string Database)> OpenDurableAsync(IWorker server, CancellationToken cancellationToken)
    {
        var (queue, database) = (NewQueue(), await NewDatabaseAsync());
        await server.DoAsync(new OpenResource(queue, new CoordinatorResource(Broker, queue, database)), cancellationToken);
        return (queue, database);
    }

    public async ValueTask DisposeAsync()
    {
        // Before the queues and databases that it uses; child processes have been pushed after those or will see them go.
        await AttemptAsync(_here);
        foreach (var child in _things.OfType<ChildProcess>())
            await AttemptAsync(child);
        while (_things.TryPop(out var thing))
        {
            if (thing is not ChildProcess)
                await AttemptAsync(thing);
        }
    }

    private static async Task AttemptAsync(IAsyncDisposable thing)
    {
        try
        {
            await thing.DisposeAsync();
        }
#pragma warning disable CA1031 // One thing that can't be taken down, because its server is gone for example, leaves the others to be.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await Console.Error.WriteLineAsync($"Something of this run is left behind: {exception.Message}");
        }
    }

    private ThisProcess Here() => _here;
}
