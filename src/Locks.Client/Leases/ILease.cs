namespace Locks.Client;

/// <summary>A lease that many locks can share. Disposing revokes it.</summary>
public interface ILease : IAsyncDisposable
{
    /// <summary>The lease's name. Whoever knows it may use the lease.</summary>
    Guid Id { get; }

    /// <summary>How long it lives unless it is renewed.</summary>
    TimeSpan Ttl { get; }

    /// <summary>
    /// Whether it still lives, by this process's monotonic clock: counted from before the request was sent, less a safety margin, as a
    /// lock's own lease is.
    /// </summary>
    bool IsAlive { get; }

    /// <summary>Why it is over, if it is.</summary>
    LockLoss? Loss { get; }

    /// <summary>Fires when the lease is over: run out, ended by the coordinator, or revoked, also by this process.</summary>
    CancellationToken Lost { get; }
}
