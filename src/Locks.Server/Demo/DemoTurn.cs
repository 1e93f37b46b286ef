using Locks.Client;

namespace Locks.Server.Demo;

/// <summary>What an owner of the demo works with: the client, time that passes, and numbers that are the same in each run.</summary>
/// <param name="locks">The client; all owners share its session.</param>
/// <param name="time">Measures the pauses.</param>
/// <param name="owner">The owner that is named in each acquire.</param>
/// <param name="seed">Begins the owner's sequence of random numbers.</param>
internal sealed class DemoTurn(ILockClient locks, TimeProvider time, string owner, int seed)
{
    private readonly Random _random = new(seed);

    public ILockClient Locks => locks;

    /// <summary>A lease that is renewed while its process lives, as most services have it.</summary>
    public LockOptions Renewed(double leaseSeconds) => NotRenewed(leaseSeconds) with { AutoRenew = true };

    public LockOptions NotRenewed(double leaseSeconds) =>
        new() { Owner = owner, Lease = TimeSpan.FromSeconds(leaseSeconds), AutoRenew = false };

    public int Choose(int count) => _random.Next(count);

    public Task PauseAsync(double least, double most, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromSeconds(least + (_random.NextDouble() * (most - least))), time, stop);

    /// <summary>Works under a lock, until the work is done or the lock is lost.</summary>
    /// <exception cref="OperationCanceledException">The demo ends.</exception>
    public async Task WorkAsync(double least, double most, CancellationToken lost, CancellationToken stop)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lost, stop);
        await PauseAsync(least, most, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
    }
}
