using Locks.Benchmarks.Candidates;
using Medallion.Threading.Postgres;
using Npgsql;

namespace Locks.Benchmarks.Baselines;

/// <summary>DistributedLock.Postgres with its defaults: advisory locks, several of them on one connection where that is possible.</summary>
/// <param name="Store">The database.</param>
/// <param name="Pool">How many connections there are at most; a caller that finds none free waits for one.</param>
internal sealed record PostgresLocksResource(string Store, int Pool) : Resource
{
    private const int LongestWait = 300;

    public override Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken)
    {
        var connections = new NpgsqlConnectionStringBuilder(Store) { MaxPoolSize = Pool, Timeout = LongestWait };
        return Task.FromResult<IAsyncDisposable>(
            new MedallionLocks(new PostgresDistributedSynchronizationProvider(connections.ConnectionString)));
    }
}
