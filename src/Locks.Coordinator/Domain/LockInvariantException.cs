namespace Locks.Coordinator.Domain;

/// <summary>A lock came into a state that the rules exclude: a defect. The decision that led there is not stored.</summary>
internal sealed class LockInvariantException(string what) : Exception($"A lock's invariant is broken: {what}.");
