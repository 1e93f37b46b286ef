namespace Locks.Client;

/// <summary>The state of a caller that waits in a lock's queue.</summary>
/// <param name="Rank">How many grants away the caller's own is; 1 is granted next.</param>
/// <param name="HolderOwner">The owner that holds the lock, where the coordinator reports it.</param>
/// <param name="HolderLeaseEndsIn">
/// When the holder's lease ends unless it is renewed, counted from when the coordinator sent the status.
/// </param>
public sealed record WaitingStatus(int Rank, string? HolderOwner = null, TimeSpan? HolderLeaseEndsIn = null);
