namespace Locks.Contracts;

/// <summary>The waiter has left the queue, and its caller is told.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AttemptId">The attempt, as the command named it.</param>
public sealed record WaiterCancelled(string Key, Guid AttemptId);

/// <summary>The attempt did not wait for the lock: it holds it, has ended, or is not known.</summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AttemptId">The attempt, as the command named it.</param>
public sealed record WaiterNotFound(string Key, Guid AttemptId);
