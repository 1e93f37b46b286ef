namespace Locks.Client;

/// <summary>How a lock or a lease was lost.</summary>
/// <param name="Reason">Why it was lost.</param>
/// <param name="By">
/// Who revoked the lock, or the shared lease that it lived on. Absent for every other reason.
/// </param>
/// <param name="Detail">Why it was revoked, in the words of who did it, where that was told.</param>
public sealed record LockLoss(LockLossReason Reason, string? By = null, string? Detail = null);
