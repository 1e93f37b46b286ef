using Locks.Benchmarks.Candidates;
using Locks.Benchmarks.Measuring;
using Medallion.Threading;

namespace Locks.Benchmarks.Baselines;

/// <summary>Acquires and releases through the abstractions of DistributedLock, with the defaults of the provider behind them.</summary>
/// <param name="provider">Whose locks they are.</param>
/// <param name="connection">What the provider needs, closed with it.</param>
internal sealed class MedallionLocks(IDistributedLockProvider provider, IAsyncDisposable? connection = null) : IOperation
{
    public async Task<Func<Task>> TakeAsync(string key, TimeSpan? wait, CancellationToken cancellationToken)
    {
        var handle = await provider.CreateLock(key).TryAcquireAsync(wait ?? TimeSpan.Zero, cancellationToken)
            ?? throw new MeasurementFailedException($"The lock '{key}' was busy for too long.");
        return async () => await handle.DisposeAsync();
    }

    public ValueTask DisposeAsync() => connection?.DisposeAsync() ?? ValueTask.CompletedTask;
}
