namespace Locks.Client;

/// <summary>
/// The time in which an exclusive service runs, from the grant of the lock until it is released or lost. The service's constructor may ask
/// for it.
/// </summary>
/// <param name="Key">The lock's key.</param>
/// <param name="FencingToken">
/// The term's number: strictly higher than that of every earlier term on any instance. Hand it to every resource that the service writes
/// to, and let the resource refuse a lower one: nothing else keeps a term that goes on late, because its process was paused, from doing
/// harm.
/// </param>
/// <param name="Lost">Fires when the lock is lost, which ends the term. Does not fire when the host stops.</param>
public sealed record ExclusiveTerm(string Key, long FencingToken, CancellationToken Lost);
