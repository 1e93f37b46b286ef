namespace Locks.Client.Core.Leases;

/// <summary>What the caller holds on to.</summary>
internal sealed class Lease(SharedLease shared) : ILease
{
    public SharedLease Shared { get; } = shared;

    public Guid Id => Shared.Id;

    public TimeSpan Ttl => Shared.Ttl ?? TimeSpan.Zero;

    public bool IsAlive => Shared.Countdown.IsRunning;

    public LockLoss? Loss => Shared.Countdown.Loss;

    public CancellationToken Lost => Shared.Countdown.Lost;

    public async ValueTask DisposeAsync() => await Shared.RevokeOrWarnAsync().ConfigureAwait(false);
}
