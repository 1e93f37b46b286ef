namespace Locks.Contracts;

/// <summary>
/// The coordinator's note to itself that a shared lease needs a look: its time may be up, or locks on it may be left to free. It changes
/// nothing when neither is so.
/// </summary>
/// <param name="LeaseId">The lease's name.</param>
public sealed record LeaseDue(Guid LeaseId);
