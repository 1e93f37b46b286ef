using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Storage;

/// <summary>A lock as it is stored.</summary>
/// <param name="Id">Its id, made from its key.</param>
/// <param name="Version">The version to name when it is written again.</param>
/// <param name="State">The lock.</param>
/// <param name="ExpiryTokenId">The timer that is set for it, as the state machine knows it.</param>
internal sealed record StoredLock(Guid Id, long Version, LockState State, Guid? ExpiryTokenId);

/// <summary>A lock on which something is overdue.</summary>
/// <param name="Key">Its key.</param>
/// <param name="FencingToken">Its current grant.</param>
/// <param name="DueAt">Since when.</param>
internal sealed record OverdueLock(string Key, long FencingToken, DateTimeOffset DueAt);
