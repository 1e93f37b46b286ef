namespace Locks.Coordinator.Machine;

/// <summary>A lock was changed between the read and the write, by another coordinator. Deciding again on the new state settles it.</summary>
internal sealed class LockConflictException(IReadOnlySet<Guid> ids)
    : Exception($"{ids.Count} lock(s) were changed by another coordinator meanwhile: {string.Join(", ", ids.Take(10))}.")
{
    /// <summary>
    /// How many conflicts a message has before it waits for its next attempt. Each means that another coordinator got on with the lock, so
    /// the next try at once is likely to succeed.
    /// </summary>
    public const int MaxInARow = 10;

    /// <summary>The locks that were not written.</summary>
    public IReadOnlySet<Guid> Ids { get; } = ids;
}
