namespace Locks.Histories;

/// <summary>A promise that was broken.</summary>
/// <param name="Promise">Its name in docs/guarantees.md.</param>
/// <param name="What">What happened.</param>
public sealed record Violation(string Promise, string What);
