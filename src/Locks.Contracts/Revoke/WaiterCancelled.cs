namespace Locks.Contracts;

/// <summary>The waiter has left the queue, and its caller is told.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AcquireId">The attempt.</param>
public sealed record WaiterCancelled(string Key, Guid AcquireId);

/// <summary>The attempt did not wait for the lock: it holds it, has ended, or is not known.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AcquireId">The attempt.</param>
public sealed record WaiterNotFound(string Key, Guid AcquireId);
