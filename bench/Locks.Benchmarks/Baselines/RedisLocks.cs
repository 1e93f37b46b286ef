using Locks.Benchmarks.Candidates;
using Medallion.Threading.Redis;
using StackExchange.Redis;

namespace Locks.Benchmarks.Baselines;

/// <summary>
/// DistributedLock.Redis on one server, with its defaults: an expiry of 30 s that is extended, and a waiter that tries again after 10 to
/// 800 ms (<see cref="RedisDistributedSynchronizationOptionsBuilder.BusyWaitSleepTime"/>).
/// </summary>
/// <param name="Server">The server's address, as host:port.</param>
internal sealed record RedisLocksResource(string Server) : Resource
{
    public override async Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await ConnectionMultiplexer.ConnectAsync(Server);
        return new MedallionLocks(new RedisDistributedSynchronizationProvider(connection.GetDatabase()), connection);
    }
}
