namespace Locks.Client;

/// <summary>What there is to know about a lease.</summary>
/// <param name="Ttl">How long it was granted for, or last renewed for.</param>
/// <param name="Remaining">How long it lived on, unless it was renewed, when the coordinator answered.</param>
/// <param name="Owner">Who asked for it.</param>
/// <param name="Locks">How many locks are held on it.</param>
public sealed record LeaseTimeToLive(TimeSpan Ttl, TimeSpan Remaining, string Owner, int Locks);
