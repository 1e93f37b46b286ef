namespace Locks.Client;

/// <summary>The description of a lease, as of the coordinator's answer.</summary>
/// <param name="Ttl">How long it was granted for, or last renewed for.</param>
/// <param name="Remaining">How long it lives on unless it is renewed.</param>
/// <param name="Owner">The owner that it was granted to.</param>
/// <param name="Locks">How many locks are held on it.</param>
public sealed record LeaseTimeToLive(TimeSpan Ttl, TimeSpan Remaining, string Owner, int Locks);
