namespace Locks.Contracts;

/// <summary>The lock could not be renewed because the caller does not hold it.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="Reason">One of <see cref="LossReasons"/>.</param>
public sealed record LockLost(string Key, string Reason);

/// <summary>Why a lock is no longer held.</summary>
public static class LossReasons
{
    /// <summary>The lease ended before this renewal came.</summary>
    public const string Expired = "Expired";

    /// <summary>The token is not the current holder's: the lock was lost or released earlier, or never held.</summary>
    public const string NotHeld = "NotHeld";
}
