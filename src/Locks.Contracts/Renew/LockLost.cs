namespace Locks.Contracts;

/// <summary>
/// The caller does not hold the lock. The answer to a renewal that came too late; and sent to a holder without a request, with the
/// request id of its acquire, when it loses the lock, if it named its session (<see cref="AcquireLock.ClientId"/>).
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="Reason">One of <see cref="LossReasons"/>.</param>
/// <param name="By">The operator that revoked it, for <see cref="LossReasons.Revoked"/>.</param>
/// <param name="FencingToken">
/// The grant that is lost, where the coordinator still knows it; of several that were granted together, the first.
/// </param>
/// <param name="Detail">Why the operator revoked it, where that was told.</param>
public sealed record LockLost(string Key, string Reason, string? By = null, long? FencingToken = null, string? Detail = null);

/// <summary>Why a lock is no longer held. Words, so that an older client survives a newer coordinator's reason.</summary>
public static class LossReasons
{
    /// <summary>The lease ended before this renewal came.</summary>
    public const string Expired = "Expired";

    /// <summary>The token is not the holder's, and the lock is not held: it was lost or released earlier, or never held.</summary>
    public const string NotHeld = "NotHeld";

    /// <summary>The token is not the holder's: another attempt has been granted the lock.</summary>
    public const string Superseded = "Superseded";

    /// <summary>An operator revoked the lock, with <see cref="RevokeLock"/>.</summary>
    public const string Revoked = "Revoked";

    /// <summary>The shared lease that the lock lived on has expired or was revoked.</summary>
    public const string LeaseEnded = "LeaseEnded";
}
