namespace Locks.Client;

/// <summary>How a lock or a lease was lost.</summary>
/// <param name="Reason">Why.</param>
/// <param name="By">
/// Who took it away: whoever revoked the lock, or the shared lease that it lived on. Absent for every other reason.
/// </param>
public sealed record LockLoss(LockLossReason Reason, string? By = null);
