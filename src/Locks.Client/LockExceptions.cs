namespace Locks.Client;

/// <summary>The coordinator can't be reached, can't reach its store, or did not answer in time. Whether a lock was granted is unknown; if it was, it frees itself.</summary>
public sealed class LockUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The lock was busy for as long as the caller was ready to wait.</summary>
public sealed class LockTimeoutException(string key, TimeSpan wait)
    : TimeoutException($"The lock '{key}' was not free within {wait:c}.")
{
    /// <summary>What was to be locked.</summary>
    public string Key { get; } = key;

    /// <summary>How long the caller waited.</summary>
    public TimeSpan Wait { get; } = wait;
}

/// <summary>The coordinator refused the request for a reason other than that the lock is busy.</summary>
public sealed class LockRefusedException(string key, string reason, string? detail)
    : Exception($"The lock '{key}' was refused: {reason}{(detail is null ? "" : $" ({detail})")}.")
{
    /// <summary>What was to be locked.</summary>
    public string Key { get; } = key;

    /// <summary>One of <see cref="Contracts.DenyReasons"/>.</summary>
    public string Reason { get; } = reason;
}

/// <summary>The shared lease is no more: it ran out, was revoked, or never existed.</summary>
public sealed class LeaseNotFoundException(Guid leaseId) : Exception($"There is no lease '{leaseId}': it ran out, was revoked, or never existed.")
{
    /// <summary>The lease that was asked for.</summary>
    public Guid LeaseId { get; } = leaseId;
}
