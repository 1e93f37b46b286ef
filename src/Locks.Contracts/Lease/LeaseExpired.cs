namespace Locks.Contracts;

/// <summary>
/// The coordinator's note to itself that something about a lock is due: its holder's lease, or a waiter's patience. It changes nothing
/// when the lock has been granted anew since (the fencing token is older), or when nothing is due after all. As a rule it stays in the
/// coordinator's memory; one that is sent is heeded as well.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">The grant that was current when the note was written.</param>
public sealed record LeaseExpired(string Key, long FencingToken);
