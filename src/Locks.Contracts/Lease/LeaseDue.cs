namespace Locks.Contracts;

/// <summary>
/// A coordinator's message to itself: a shared lease may have ended, or locks on it may be left to free. It changes nothing when neither is
/// so.
/// </summary>
/// <param name="LeaseId">The lease's name.</param>
public sealed record LeaseDue(Guid LeaseId);
