using Locks.Contracts;

namespace Locks.Client;

/// <summary>
/// The coordinator can't be reached, can't reach its store, or did not answer in time. Whether a lock was granted is unknown; if it was, it
/// ends by itself with its lease.
/// </summary>
public sealed class LockUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The lock was busy for as long as the caller waited.</summary>
/// <param name="key">The lock's key.</param>
/// <param name="wait">How long the caller waited.</param>
/// <param name="holder">Who holds the lock, as far as that is known.</param>
public sealed class LockTimeoutException(string key, TimeSpan wait, LockHolder? holder = null)
    : TimeoutException($"The lock '{key}' was not free within {wait:c}.{(holder is null ? "" : $" {holder}")}")
{
    /// <summary>The lock's key.</summary>
    public string Key { get; } = key;

    /// <summary>How long the caller waited.</summary>
    public TimeSpan Wait { get; } = wait;

    /// <summary>Who held the lock at the end of the wait; absent where that is not known.</summary>
    public LockHolder? Holder { get; } = holder;
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
    : Exception($"There is no lease with the fingerprint '{LeaseFingerprint.Of(leaseId)}': it expired, was revoked, or never was granted.")
{
    /// <summary>The lease's id. A secret, which the message does not have.</summary>
    public Guid LeaseId { get; } = leaseId;
}

/// <summary>A guarded message, or a locked job, found its lock busy, and does not wait for it.</summary>
/// <param name="key">The lock's key.</param>
/// <param name="redeliveries">How often the guard had the message delivered again; absent when it never does.</param>
/// <param name="holder">Who holds the lock, as far as that is known.</param>
public sealed class LockBusyException(string key, int? redeliveries = null, LockHolder? holder = null)
    : Exception(
        $"The lock '{key}' is held by another owner{(redeliveries is { } times ? $", still after {times} redeliveries" : "")}."
        + (holder is null ? "" : $" {holder}"))
{
    /// <summary>The lock's key.</summary>
    public string Key { get; } = key;

    /// <summary>How often the guard had the message delivered again; absent when it never does.</summary>
    public int? Redeliveries { get; } = redeliveries;

    /// <summary>Who holds the lock; absent where that is not known.</summary>
    public LockHolder? Holder { get; } = holder;
}

/// <summary>The lock of a guarded message, or of a job, was lost, and that ended the consumer or the job.</summary>
/// <remarks>
/// It has no inner exception, because that would be the consumer's <see cref="OperationCanceledException"/>, and MassTransit neither
/// reports nor retries an exception with such a cause.
/// </remarks>
public sealed class LockLostException(string key, LockLoss? loss)
    : Exception(
        $"The lock '{key}' was lost before the work under it had ended ({loss?.Reason.ToString() ?? "no reason known"}); "
        + "another owner may hold it.")
{
    /// <summary>The lock's key.</summary>
    public string Key { get; } = key;

    /// <summary>How it was lost.</summary>
    public LockLoss? Loss { get; } = loss;
}
