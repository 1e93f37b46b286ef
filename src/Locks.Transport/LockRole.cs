namespace Locks.Transport;

/// <summary>What a user of the broker is to the product: it says which permissions the user needs.</summary>
internal enum LockRole
{
    /// <summary>Requests locks.</summary>
    Client,

    /// <summary>Grants them, perhaps with a client beside it in the same process.</summary>
    Coordinator,
}
