namespace Locks.EntityFrameworkCore;

/// <summary>
/// A row that stands for everything that a lock guards in this database: it holds the highest fencing token that was seen for the lock's
/// key. Add the table with <see cref="LockFenceExtensions.AddLockFences"/>; write it with <see cref="LockFenceExtensions.RaiseFenceAsync"/>
/// alone.
/// </summary>
public sealed class LockFence
{
    /// <summary>
    /// Derived from the key (<see cref="Contracts.LockKey.ToId"/>), so that keys are compared ordinally under every collation of the
    /// database.
    /// </summary>
    public Guid Id { get; init; }

    /// <summary>The key, for people.</summary>
    public required string Key { get; init; }

    /// <summary>The highest fencing token that was seen. Rises only.</summary>
    public long Token { get; init; }
}
