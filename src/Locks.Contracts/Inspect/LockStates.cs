namespace Locks.Contracts;

/// <summary>The states of a lock. Words, so that an older client survives a newer coordinator's state.</summary>
public static class LockStates
{
    /// <summary>No attempt holds the lock.</summary>
    public const string Free = "Free";

    /// <summary>A waiter was granted the lock, and its client has not confirmed that it received the grant.</summary>
    public const string Offered = "Offered";

    /// <summary>An attempt holds the lock.</summary>
    public const string Held = "Held";

    /// <summary>The holder has released the lock, and it is kept from others for a while.</summary>
    public const string Cooling = "Cooling";
}
