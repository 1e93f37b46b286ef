namespace Locks.Contracts;

/// <summary>
/// Takes a waiter out of a lock's queue: an operator's tool. The waiter's caller is denied at once (<see cref="DenyReasons.Cancelled"/>)
/// and told who did it and why. It hits nothing but a waiter: an attempt that holds the lock by then keeps it, which is what
/// <see cref="RevokeLock"/> is for. Answered with <see cref="WaiterCancelled"/> or <see cref="WaiterNotFound"/>; a repeat is answered the
/// same for as long as the lock remembers the attempt.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="AttemptId">The attempt that waits, as descriptions name it (<see cref="WaiterDescription.AttemptId"/>).</param>
/// <param name="By">The operator, for the waiter's caller and the log: 1 to 256 UTF-8 bytes.</param>
/// <param name="Reason">Why, for the waiter's caller and the log: 1 to 512 UTF-8 bytes. Default: not told.</param>
/// <param name="DenyReason">
/// The reason that the waiter's caller is denied with: <see cref="DenyReasons.Cancelled"/> (the default) or
/// <see cref="DenyReasons.Deadlock"/>, which is what a coordinator says that ends a deadlock.
/// </param>
public sealed record CancelWaiter(string Key, Guid AttemptId, string By, string? Reason = null, string? DenyReason = null);
