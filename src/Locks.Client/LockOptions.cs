namespace Locks.Client;

/// <summary>How one lock is held.</summary>
public sealed record LockOptions
{
    /// <summary>
    /// How long the lock is held unless it is renewed: 100 ms to 24 h. Default: <see cref="LockClientOptions.DefaultLease"/>. A crashed
    /// holder keeps others waiting this long; a paused one loses the lock after it.
    /// </summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>
    /// Whether the client renews the lease by itself, every third of it, until the lock is released. Default: no, the lock ends with its
    /// lease. With renewal, work may take longer than the lease, and a work that hangs holds the lock for as long as its process lives.
    /// </summary>
    public bool AutoRenew { get; init; }

    /// <summary>Who holds the lock, for people: 1 to 256 UTF-8 bytes. Default: <see cref="LockClientOptions.Owner"/>.</summary>
    public string? Owner { get; init; }

    /// <summary>A lock held for a lease, without renewal.</summary>
    /// <param name="lease">100 ms to 24 h.</param>
    public static implicit operator LockOptions(TimeSpan lease) => FromTimeSpan(lease);

    /// <summary>A lock held for a lease, without renewal.</summary>
    /// <param name="lease">100 ms to 24 h.</param>
    public static LockOptions FromTimeSpan(TimeSpan lease) => new() { Lease = lease };
}
