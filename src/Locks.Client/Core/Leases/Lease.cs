namespace Locks.Client.Core.Leases;

/// <summary>What the caller holds on to.</summary>
internal sealed class Lease(SharedLease shared) : ILease
{
    public SharedLease Shared { get; } = shared;

    public Guid Id => Shared.Id;

    public TimeSpan Ttl => Shared.Ttl ?? TimeSpan.Zero;

    public bool IsAlive => Shared.Clock.IsRunning;

    public LockLoss? Loss => Shared.Clock.Loss;

    public CancellationToken Lost => Shared.Clock.Lost;

    public async ValueTask DisposeAsync() => await Shared.RevokeOrWarnAsync().ConfigureAwait(false);
}
