namespace Locks.Coordinator.Saga;

/// <summary>Somebody else has changed a lock between the read and the write. Deciding again on the new state settles it.</summary>
public sealed class LockConflictException(IReadOnlySet<Guid> ids)
    : Exception($"{ids.Count} lock(s) were changed by somebody else meanwhile: {string.Join(", ", ids.Take(10))}.")
{
    /// <summary>The locks that were not written.</summary>
    public IReadOnlySet<Guid> Ids { get; } = ids;
}
