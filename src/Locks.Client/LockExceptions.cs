namespace Locks.Client;

/// <summary>
/// The coordinator can't be reached, can't reach its store, or did not answer in time. Whether a lock was granted is unknown; if it was, it
/// ends by itself with its lease.
/// </summary>
public sealed class LockUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The lock was busy for as long as the caller waited.</summary>
public sealed class LockTimeoutException(string key, TimeSpan wait)
    : TimeoutException($"The lock '{key}' was not free within {wait:c}.")
{
    /// <summary>The lock's key.</summary>
    public string Key { get; } = key;

    /// <summary>How long the caller waited.</summary>
    public TimeSpan Wait { get; } = wait;
}

/// <summary>The coordinator refused the request for a reason other than that the lock is busy.</summary>
public sealed class LockRefusedException(string key, string reason, string? detail)
    : Exception($"The lock '{key}' was refused: {reason}{(detail is null ? "" : $" ({detail})")}.")
{
    /// <summary>The lock's key.</summary>
    public string Key { get; } = key;

    /// <summary>One of <see cref="Contracts.DenyReasons"/>.</summary>
    public string Reason { get; } = reason;
}

/// <summary>The shared lease does not exist: it expired, was revoked, or never was granted.</summary>
public sealed class LeaseNotFoundException(Guid leaseId)
    : Exception($"There is no lease '{leaseId}': it expired, was revoked, or never was granted.")
{
    /// <summary>The lease's id.</summary>
    public Guid LeaseId { get; } = leaseId;
}

/// <summary>A guarded message found its lock busy, and its guard does not wait.</summary>
public sealed class LockBusyException(string key, int? redeliveries = null)
    : Exception($"The lock '{key}' is held by another owner{(redeliveries is { } times ? $", still after {times} redeliveries" : "")}.")
{
    /// <summary>The lock's key.</summary>
    public string Key { get; } = key;

    /// <summary>How often the guard had the message delivered again; absent when it never does.</summary>
    public int? Redeliveries { get; } = redeliveries;
}

/// <summary>A guarded message's lock was lost while it was consumed, and that ended the consumer.</summary>
/// <remarks>
/// It has no inner exception, because that would be the consumer's <see cref="OperationCanceledException"/>, and MassTransit neither
/// reports nor retries an exception with such a cause.
/// </remarks>
public sealed class LockLostException(string key, LockLoss? loss)
    : Exception(
        $"The lock '{key}' was lost before the consumer had ended ({loss?.Reason.ToString() ?? "no reason known"}); "
        + "another owner may hold it.")
{
    /// <summary>The lock's key.</summary>
    public string Key { get; } = key;

    /// <summary>How it was lost.</summary>
    public LockLoss? Loss { get; } = loss;
}
