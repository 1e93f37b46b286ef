namespace Locks.Contracts;

/// <summary>
/// A client's sign of life for all its waiting attempts at once, sent to <see cref="LockPartitions.LivenessNameOf"/> once in an interval while any of
/// them waits in line. Every coordinator reads it. Waiters of a session of which nothing was heard for three intervals are passed over when
/// their turn comes. Answered only with <see cref="ResendAcquires"/>, if at all.
/// </summary>
/// <param name="ClientId">The session that the client named in <see cref="AcquireLock.ClientId"/>.</param>
/// <param name="Interval">How often the client sends this while it waits: 1 to 10 s. Taken for 10 s when absent.</param>
/// <param name="Waiting">
/// For how long the client has had attempts in line without a break. A coordinator that has not been running for as long may not know them.
/// </param>
public sealed record ClientAlive(string ClientId, TimeSpan? Interval = null, TimeSpan? Waiting = null);
