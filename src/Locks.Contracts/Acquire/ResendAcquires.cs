namespace Locks.Contracts;

/// <summary>
/// A coordinator that may not know a client's waiting attempts requests all of them once more, unchanged: those that it knows keep their
/// tickets, and the others join the queue.
/// </summary>
/// <param name="ClientId">The client's session.</param>
public sealed record ResendAcquires(string ClientId);
