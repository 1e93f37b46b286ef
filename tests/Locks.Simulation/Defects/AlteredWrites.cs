using Locks.Coordinator.Storage;
using Locks.Simulation.Stores;

namespace Locks.Simulation.Defects;

/// <summary>What is written to the store where the coordinator or the store has a defect.</summary>
internal static class AlteredWrites
{
    /// <summary>The writes, as they are stored.</summary>
    /// <param name="writes">The writes, as the coordinator made them.</param>
    /// <param name="store">The store.</param>
    /// <param name="defect">The defect.</param>
    public static IReadOnlyList<LockWrite> Of(IReadOnlyList<LockWrite> writes, TrueStore store, Defect defect) => defect switch
    {
        Defect.ForgetVersion => [.. writes.Select(write => write with { ExpectedVersion = store.Find(write.Id)?.Version ?? 0 })],
        // A row that was purged is written anew.
        Defect.PurgeHeld =>
            [.. writes.Select(write => write.ExpectedVersion > 0 ? write : write with { ExpectedVersion = store.Find(write.Id)?.Version ?? 0 })],
        Defect.ReuseFence => [.. writes.Select(write => WithOldFence(write, store))],
        Defect.AttachToEnded => [.. writes.Select(write => write with { AttachesTo = [] })],
        Defect.ShortLease => [.. writes.Select(write => WithShortLease(write, store))],
        _ => writes,
    };

    /// <summary>The writes of shared leases, as they are stored.</summary>
    /// <param name="writes">The writes, as the coordinator made them.</param>
    /// <param name="store">The store.</param>
    /// <param name="defect">The defect.</param>
    public static IReadOnlyList<LeaseWrite> Of(IReadOnlyList<LeaseWrite> writes, TrueStore store, Defect defect) =>
        defect == Defect.ForgetLeaseVersion
            ? [.. writes.Select(write => write with { ExpectedVersion = store.VersionOf(write.State.Id) })]
            : writes;

    private static LockWrite WithOldFence(LockWrite write, TrueStore store)
    {
        if (write.State.Holder is not { Cohort: null } holder
            || store.Find(write.Id)?.State is not { LastFence: > 0 } before
            || before.Holder?.Token == holder.Token)
            return write;

        var reused = holder with { FencingToken = before.LastFence };
        return write with { State = write.State with { LastFence = before.LastFence, Holder = reused } };
    }

    private static LockWrite WithShortLease(LockWrite write, TrueStore store)
    {
        if (write.State.Holder is not { } holder || store.Find(write.Id)?.State.Holder?.Token == holder.Token)
            return write;

        var half = holder with { ExpiresAt = holder.GrantedAt + ((holder.ExpiresAt - holder.GrantedAt) / 2) };
        return write with { State = write.State with { Holder = half } };
    }
}
