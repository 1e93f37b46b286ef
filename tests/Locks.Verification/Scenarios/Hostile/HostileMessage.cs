namespace Locks.Verification.Scenarios.Hostile;

/// <summary>A message that no client of the product sends.</summary>
/// <param name="Queue">What follows the name of the coordinators' queue in the name of the queue that it is sent to.</param>
/// <param name="ContentType">How it says that it is written.</param>
/// <param name="Body">What is in it.</param>
/// <param name="IsAnswered">Whether it can be read and names where it wants its answer; any other ends in a queue for errors.</param>
internal sealed record HostileMessage(string Queue, string ContentType, byte[] Body, bool IsAnswered);
