namespace Locks.Client;

/// <summary>
/// The term in which an exclusive service runs, for its constructor to ask for: from the grant of the lock until it is released or lost.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">
/// The term's number, higher than that of every earlier term on any instance. Hand it to whatever the service writes to, and let that refuse
/// a lower one: only so is a term that goes on late, because its process was paused, kept from doing harm.
/// </param>
/// <param name="Lost">Fires when the lock is lost, which ends the term. Does not fire when the host stops.</param>
public sealed record ExclusiveTerm(string Key, long FencingToken, CancellationToken Lost);
