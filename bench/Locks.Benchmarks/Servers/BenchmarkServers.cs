using System.Globalization;
using Locks.Benchmarks.Command;
using Npgsql;

namespace Locks.Benchmarks.Servers;

/// <summary>The servers that are measured: those that were named, and the program's own for what was not.</summary>
internal sealed class BenchmarkServers : IAsyncDisposable
{
    private const string BrokerVariable = "LOCKS_TEST_RABBITMQ";
    private const string StoreVariable = "LOCKS_TEST_POSTGRES";

    private readonly OwnServers? _own;

    private BenchmarkServers(OwnServers? own, Uri broker, string store) => (_own, Broker, Store) = (own, broker, store);

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
        if (broker is not null && store is not null)
            return new BenchmarkServers(own: null, broker, store);

        cancellationToken.ThrowIfCancellationRequested();
        await Console.Error.WriteLineAsync("Starting servers.");
        var own = await OwnServers.StartAsync();
        return new BenchmarkServers(own, broker ?? new Uri(own[BrokerVariable]), store ?? own[StoreVariable]);
    }

    /// <summary>How many connections the store's server grants.</summary>
    public async Task<int> MostConnectionsAsync(CancellationToken cancellationToken)
    {
        await using var dataSource = NpgsqlDataSource.Create(Store);
        await using var show = dataSource.CreateCommand("SHOW max_connections");
        return int.Parse((string)(await show.ExecuteScalarAsync(cancellationToken))!, CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync() => _own?.DisposeAsync() ?? ValueTask.CompletedTask;
}
