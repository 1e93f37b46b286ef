using dotnet_etcd;
using Etcdserverpb;
using Grpc.Core;
using Locks.Benchmarks.Command;
using StackExchange.Redis;

namespace Locks.Benchmarks.Servers;

/// <summary>The servers of other locks, always the program's own.</summary>
internal sealed class PeerServers : IAsyncDisposable
{
    private readonly OwnServers _own;

    private PeerServers(OwnServers own) => _own = own;

    /// <summary>A Redis as it comes, as host:port: it saves snapshots, and loses what came after the last one.</summary>
    public string Redis => _own["LOCKS_BENCH_REDIS"];

    /// <summary>A Redis that answers when its log is on the disk, as host:port.</summary>
    public string SyncedRedis => _own["LOCKS_BENCH_REDIS_SYNCED"];

    public Uri Etcd => new(_own["LOCKS_BENCH_ETCD"]);

    /// <exception cref="CannotStartException">They did not start, or a Debian package is missing, which the message names.</exception>
    public static async Task<PeerServers> StartAsync() => new(await OwnServers.StartAsync("peers", "Redis and etcd"));

    /// <summary>What the servers say about themselves.</summary>
    public async Task<IReadOnlyList<string>> AskVersionsAsync(CancellationToken cancellationToken)
    {
        using var etcd = new EtcdClient(
            Etcd.ToString(), configureChannelOptions: options => options.Credentials = ChannelCredentials.Insecure);
        var status = await etcd.StatusAsync(new StatusRequest(), cancellationToken: cancellationToken);
        return [await AskRedisAsync(Redis), await AskRedisAsync(SyncedRedis), $"etcd {status.Version}"];
    }

    public ValueTask DisposeAsync() => _own.DisposeAsync();

    private static async Task<string> AskRedisAsync(string address)
    {
        // CONFIG is a command of administrators.
        await using var connection = await ConnectionMultiplexer.ConnectAsync($"{address},allowAdmin=true");
        var server = connection.GetServers()[0];
        var settings = (await server.ConfigGetAsync("append*")).ToDictionary();
        return $"Redis {server.Version} (appendonly {settings["appendonly"]}, appendfsync {settings["appendfsync"]})";
    }
}
