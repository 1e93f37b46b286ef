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

/// <summary>A guarded message found its lock busy, and its guard does not wait.</summary>
public sealed class LockBusyException(string key, int? redeliveries = null)
    : Exception($"The lock '{key}' is held by somebody else{(redeliveries is { } times ? $", still after {times} redeliveries" : "")}.")
{
    /// <summary>What was to be locked.</summary>
    public string Key { get; } = key;

    /// <summary>How often the guard had the message delivered again; absent when it never does.</summary>
    public int? Redeliveries { get; } = redeliveries;
}

/// <summary>A guarded message's lock was lost while it was consumed, and that ended the consumer.</summary>
/// <remarks>
/// It has no inner exception, because that would be the consumer's <see cref="OperationCanceledException"/>, and MassTransit neither reports
/// nor retries what comes of one.
/// </remarks>
public sealed class LockLostException(string key, LockLoss? loss)
    : Exception($"The lock '{key}' was lost before the consumer had ended ({loss?.Reason.ToString() ?? "no reason known"}); somebody else may hold it.")
{
    /// <summary>What was locked.</summary>
    public string Key { get; } = key;

    /// <summary>How it was lost.</summary>
    public LockLoss? Loss { get; } = loss;
}
