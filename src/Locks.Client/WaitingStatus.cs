namespace Locks.Client;

/// <summary>Where a caller stands in line.</summary>
/// <param name="Rank">Its place; 1 is granted next.</param>
/// <param name="HolderOwner">Who holds the lock, where the coordinator says so.</param>
/// <param name="HolderLeaseEndsIn">When the holder's lease ends unless it is renewed, counted from when the coordinator said so.</param>
public sealed record WaitingStatus(int Rank, string? HolderOwner = null, TimeSpan? HolderLeaseEndsIn = null);
