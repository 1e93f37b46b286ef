namespace Locks.Contracts;

/// <summary>
/// Keeps a client's session alive, for all its waiting attempts at once. The client sends it to <see cref="LockPartitions.LivenessNameOf"/>
/// once in an interval while any of them waits in a queue. Every coordinator reads it. Waiters of a session that was silent for three
/// intervals are passed over when they would be granted. Answered only with <see cref="ResendAcquires"/>, if at all.
/// </summary>
/// <param name="ClientId">The session that the client named in <see cref="AcquireLock.ClientId"/>.</param>
/// <param name="Interval">How often the client sends this while it waits: 1 to 10 s. Counts as 10 s when absent.</param>
/// <param name="Waiting">
/// For how long the client has had attempts in queues without a break. A coordinator that has not been running for as long may not know
/// them.
/// </param>
public sealed record ClientAlive(string ClientId, TimeSpan? Interval = null, TimeSpan? Waiting = null);
