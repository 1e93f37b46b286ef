namespace Locks.Client;

/// <summary>A lease that many locks can share. Disposing revokes it.</summary>
public interface ILease : IAsyncDisposable
{
    /// <summary>
    /// The lease's id. A secret: any process that knows it may use, renew and revoke the lease. Descriptions and logs show its
    /// <see cref="Contracts.LeaseFingerprint"/>.
    /// </summary>
    Guid Id { get; }

    /// <summary>How long the lease lives unless it is renewed.</summary>
    TimeSpan Ttl { get; }

    /// <summary>
    /// Whether it is alive, by this process's monotonic clock: counted from before the request was sent, less a safety margin, as a
    /// lock's own lease is.
    /// </summary>
    bool IsAlive { get; }

    /// <summary>Why the lease has ended, if it has.</summary>
    LockLoss? Loss { get; }

    /// <summary>Fires when the lease has ended: it expired, the coordinator ended it, or it was revoked, also by this process.</summary>
    CancellationToken Lost { get; }
}
