namespace Locks.Coordinator.Machine;

/// <summary>A lock was changed between the read and the write, by another coordinator. Deciding again on the new state settles it.</summary>
internal sealed class LockConflictException(IReadOnlySet<Guid> ids)
    : Exception($"{ids.Count} lock(s) were changed by another coordinator meanwhile: {string.Join(", ", ids.Take(10))}.")
{
    /// <summary>The locks that were not written.</summary>
    public IReadOnlySet<Guid> Ids { get; } = ids;
}
