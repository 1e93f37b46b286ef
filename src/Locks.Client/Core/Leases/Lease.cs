namespace Locks.Client.Core.Leases;

/// <summary>The application's reference to a <see cref="SharedLease"/>; background renewal ends when the application drops it.</summary>
internal sealed class Lease(SharedLease shared) : ILease
{
    public SharedLease Shared { get; } = shared;

    public Guid Id => Shared.Id;

    public TimeSpan Ttl => Shared.Ttl ?? TimeSpan.Zero;

    public bool IsAlive => Shared.Clock.IsRunning;

    public LockLoss? Loss => Shared.Clock.Loss;

    public CancellationToken Lost => Shared.Clock.Lost;

    public async ValueTask DisposeAsync() => await Shared.RevokeOrLogAsync().ConfigureAwait(false);
}
