namespace Locks.Client.Requests;

/// <summary>How a request waits in line.</summary>
/// <param name="Turn">Until when.</param>
/// <param name="AskAgainAfter">How often it makes sure of its place.</param>
internal sealed record WaitInLine(Deadline Turn, TimeSpan AskAgainAfter);
