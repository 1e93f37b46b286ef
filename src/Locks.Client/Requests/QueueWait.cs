namespace Locks.Client.Requests;

/// <summary>How a request waits in line.</summary>
/// <param name="Turn">Until when.</param>
/// <param name="AskPositionAfter">How often it asks for its place, if somebody wants to know.</param>
internal sealed record QueueWait(Deadline Turn, TimeSpan? AskPositionAfter);
