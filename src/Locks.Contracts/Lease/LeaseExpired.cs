namespace Locks.Contracts;

/// <summary>
/// A coordinator's message to itself: something about a lock is due, the end of its holder's lease or of a waiter's wait. It changes
/// nothing when the lock has been granted anew since (the fencing token is older), or when nothing is due after all. As a rule it stays in
/// the coordinator's memory; one that is sent is processed as well.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">The grant that was current when the message was made.</param>
public sealed record LeaseExpired(string Key, long FencingToken);
