namespace Locks.Contracts;

/// <summary>
/// The release changed nothing: the token is not the current holder's. It is wrong, or the lock was lost or released before.
/// </summary>
/// <param name="Key">The lock's key.</param>
public sealed record LockNotHeld(string Key);
