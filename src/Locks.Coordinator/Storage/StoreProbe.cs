using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Storage;

/// <summary>
/// Whether a store can do what a grant takes: the same reads and the same commit, on the same way. Readiness asks nothing less, or it would
/// be green where no lock can be granted: on a standby, without a right, or through a pooler that loses what was prepared.
/// </summary>
internal static class StoreProbe
{
    // A name that no lease and, as no key has that hash, no lock will ever have; and a version that none has.
    private static readonly Guid Nothing = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid NothingElse = new("00000000-0000-0000-0000-000000000002");
    private const long Never = long.MaxValue - 1;

    // One is refused for its version and the other for its lease, so that the commit needs every table and every right that a grant needs.
    private static readonly LockWrite[] Writes = [Write(Nothing), Write(NothingElse) with { AttachesTo = [Nothing] }];

    /// <summary>Reads a lock that does not exist, and commits writes that are always refused: nothing changes.</summary>
    /// <exception cref="LockStoreUnavailableException">The store could not serve it.</exception>
    public static async Task ProbeAsync(this ILockStore store, CancellationToken cancellationToken)
    {
        await store.LoadAsync([Nothing], cancellationToken).ConfigureAwait(false);
        await store.CommitAsync(Writes, cancellationToken).ConfigureAwait(false);
    }

    private static LockWrite Write(Guid id) =>
        new(id, Never, Never + 1, LockState.NeverTaken("readiness"), ExpiryTokenId: null, DateTimeOffset.UnixEpoch, [], [], []);
}
