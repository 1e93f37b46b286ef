using System.Globalization;
using Locks.Benchmarks.Command;
using Locks.Benchmarks.Scenarios;
using Npgsql;

namespace Locks.Benchmarks.Servers;

/// <summary>The servers that are measured: those that were named, and the program's own for what was not.</summary>
internal sealed class BenchmarkServers : IAsyncDisposable
{
    private const string BrokerVariable = "LOCKS_TEST_RABBITMQ";
    private const string StoreVariable = "LOCKS_TEST_POSTGRES";

    private readonly OwnServers? _own;

    private BenchmarkServers(OwnServers? own, PeerServers? peers, Uri broker, string store) =>
        (_own, Peers, Broker, Store) = (own, peers, broker, store);

    /// <summary>The servers of other locks, where they are measured.</summary>
    public PeerServers? Peers { get; }

    public Uri Broker { get; }

    /// <summary>An Npgsql connection string.</summary>
    public string Store { get; }

    /// <exception cref="CannotStartException">A server is not on this machine, or its own servers did not start.</exception>
    public static async Task<BenchmarkServers> FindAsync(BenchmarkSettings settings, CancellationToken cancellationToken)
    {
        var broker = (settings.Broker ?? Environment.GetEnvironmentVariable(BrokerVariable)) is { Length: > 0 } named
            ? Loopback.RequireBroker(named)
            : null;
        var store = (settings.Store ?? Environment.GetEnvironmentVariable(StoreVariable)) is { Length: > 0 } given
            ? Loopback.RequireStore(given)
            : null;
        cancellationToken.ThrowIfCancellationRequested();
        // First: of these a package is more likely to be missing.
        var peers = settings.Scenario == ScenarioNames.Peers ? await PeerServers.StartAsync() : null;
        if (broker is not null && store is not null)
            return new BenchmarkServers(own: null, peers, broker, store);

        await Console.Error.WriteLineAsync("Starting servers.");
        try
        {
            var own = await OwnServers.StartAsync("start", "RabbitMQ and PostgreSQL");
            return new BenchmarkServers(own, peers, broker ?? new Uri(own[BrokerVariable]), store ?? own[StoreVariable]);
        }
        catch when (peers is not null)
        {
            await peers.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many connections the store's server grants.</summary>
    public async Task<int> MostConnectionsAsync(CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(Store);
        await using var show = dataSource.CreateCommand("SHOW max_connections");
        return int.Parse((string)(await show.ExecuteScalarAsync(cancellationToken))!, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (Peers is not null)
            await Peers.DisposeAsync();
        if (_own is not null)
            await _own.DisposeAsync();
    }
}
