using Locks.Benchmarks.Baselines;
using Locks.Benchmarks.Command;
using Locks.Benchmarks.Contestants;
using Locks.Benchmarks.Servers;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Benchmarks.Scenarios;

/// <summary>Everything that is measured in one run, up and ready.</summary>
internal sealed class Plan : IAsyncDisposable
{
    public const string All = "all";
    public const string Sequential = "sequential";
    public const string Uncontended = "uncontended";
    public const string Disk = "disk";

    private const string RawName = "raw RabbitMQ RPC";
    private const string InMemoryName = "Locks, in-memory store";
    private const string DurableName = "Locks, PostgreSQL";

    private readonly Stack<IAsyncDisposable> _things = new();
    private readonly List<Entry> _entries = [];

    private Plan()
    {
    }

    /// <summary>What is measured, in order.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    public static async Task<Plan> SetUpAsync(BenchmarkSettings settings, BenchmarkServers servers, CancellationToken cancellationToken)
    {
        var plan = new Plan();
        try
        {
            await plan.AddAsync(settings, servers, cancellationToken);
            return plan;
        }
        catch
        {
            await plan.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        while (_things.TryPop(out var thing))
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
    }

    private async Task AddAsync(BenchmarkSettings settings, BenchmarkServers servers, CancellationToken cancellationToken)
    {
        var database = Keep(await OwnDatabase.CreateAsync(servers.Store));
        var raw = Keep(await RawRpc.StartAsync(servers.Broker, cancellationToken));
        var inMemory = Keep(await LocksSystem.StartAsync(servers.Broker, static _ => { }, cancellationToken)).Named(InMemoryName);
        var durable = Keep(await LocksSystem.StartAsync(
            servers.Broker, store => store.UsePostgreSql(database.ConnectionString), cancellationToken)).Named(DurableName);
        var disk = Keep(await DurableCommits.StartAsync(database.ConnectionString, cancellationToken));

        if (settings.Scenario is Sequential or All)
            AddComparison(Sequential, raw.TwoTrips(RawName), [inMemory, durable], inFlight: 1);
        if (settings.Scenario is Uncontended or All)
        {
            foreach (var inFlight in settings.InFlight)
                AddComparison(Uncontended, raw.OneTrip(RawName), [inMemory, durable], inFlight);
        }

        _entries.Add(new Entry(Disk, disk.Named("single-row commit"), InFlight: 1, Floor: null));
    }

    private void AddComparison(string scenario, Contestant floor, IEnumerable<Contestant> others, int inFlight)
    {
        var below = new Entry(scenario, floor, inFlight, Floor: null);
        _entries.Add(below);
        _entries.AddRange(others.Select(other => new Entry(scenario, other, inFlight, below)));
    }

    private T Keep<T>(T thing)
        where T : IAsyncDisposable
    {
        _things.Push(thing);
        return thing;
    }
}
