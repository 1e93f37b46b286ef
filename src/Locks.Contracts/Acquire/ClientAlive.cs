namespace Locks.Contracts;

/// <summary>A client's sign of life for all its waiting attempts at once. Not answered.</summary>
/// <param name="ClientId">The session that the client named in <see cref="AcquireLock.ClientId"/>.</param>
public sealed record ClientAlive(string ClientId);
