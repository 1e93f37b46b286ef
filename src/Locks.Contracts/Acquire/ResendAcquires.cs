namespace Locks.Contracts;

/// <summary>
/// A coordinator that may not know a client's waiting attempts wants to be asked for them once more, unchanged: those that it knows keep their
/// places, and the others come into the line.
/// </summary>
/// <param name="ClientId">The client's session.</param>
public sealed record ResendAcquires(string ClientId);
