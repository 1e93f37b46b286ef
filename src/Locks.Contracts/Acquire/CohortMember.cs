namespace Locks.Contracts;

/// <summary>An attempt that was granted together with those before it, and holds the lock once they are done with it.</summary>
/// <param name="AcquireId">The attempt.</param>
/// <param name="FencingToken">Its own fencing token, higher than that of everyone before it.</param>
public sealed record CohortMember(Guid AcquireId, long FencingToken);
