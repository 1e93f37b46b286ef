using Microsoft.Extensions.DependencyInjection;

namespace Locks.Benchmarks.Candidates;

/// <summary>A coordinator as an application of its own would have it.</summary>
/// <param name="Broker">Its broker.</param>
/// <param name="Queue">The queue that it reads.</param>
/// <param name="Store">A PostgreSQL database. Absent for another store.</param>
/// <param name="SqliteFile">The file of a SQLite store. In memory when both are absent.</param>
/// <param name="IsMeasured">Whether OpenTelemetry collects its metrics.</param>
internal sealed record CoordinatorResource(Uri Broker, string Queue, string? Store, string? SqliteFile = null, bool IsMeasured = false) : Resource
{
    public override async Task<IAsyncDisposable> OpenAsync(CancellationToken cancellationToken) =>
        await HostedBus.StartAsync(
            Broker,
            bus =>
            {
                var coordinator = bus.AddLockCoordinator(options => options.QueueName = Queue);
                if (Store is not null)
                    coordinator.UsePostgreSql(Store);
                else if (SqliteFile is not null)
                    coordinator.UseSqlite(SqliteFile);
            },
            cancellationToken,
            IsMeasured);
}
