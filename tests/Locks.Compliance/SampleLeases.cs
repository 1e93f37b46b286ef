using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;

namespace Locks.Compliance;

/// <summary>Shared leases to store, and locks on them.</summary>
internal static class SampleLeases
{
    /// <summary>A lease that lives.</summary>
    public static LeaseState Active(DateTimeOffset? expiresAt = null) => LeaseState.NeverGranted(Guid.CreateVersion7()) with
    {
        Stage = LeaseStage.Active,
        Grant = new LeaseGrant(
            "lease owner", "client", TimeSpan.FromSeconds(30), SampleLocks.Now, expiresAt ?? SampleLocks.Now.AddSeconds(30),
            new ReplyTo(new Uri("loopback://localhost/lease-owner"), Guid.CreateVersion7())),
    };

    /// <summary>The lease with more time.</summary>
    public static LeaseState Renewed(this LeaseState lease, TimeSpan by) =>
        lease with { Grant = lease.Grant! with { ExpiresAt = lease.Grant.ExpiresAt + by } };

    /// <summary>The lease when it has ended, with locks left on it.</summary>
    public static LeaseState Ending(this LeaseState lease, DateTimeOffset? at = null) =>
        lease with { Stage = LeaseStage.Ending, End = new LeaseEnd(LossReasons.Expired, null, at ?? SampleLocks.Now) };

    /// <summary>The lease when it has ended, with no lock left on it.</summary>
    public static LeaseState Ended(this LeaseState lease) =>
        lease with { Stage = LeaseStage.Ended, End = new LeaseEnd(LossReasons.Revoked, "somebody", SampleLocks.Now) };

    /// <summary>A lease that was revoked before it was granted.</summary>
    public static LeaseState RevokedBeforeItWasGranted() => LeaseState.NeverGranted(Guid.CreateVersion7()).Ended();

    /// <summary>The lock when it is held on a lease.</summary>
    public static LockState On(this LockState state, LeaseState lease) =>
        state with { Holder = state.Holder!.OnLease(lease.AsSeenByLocks()) };

    /// <summary>The waiter when it waits for a grant on a lease.</summary>
    public static Waiter On(this Waiter waiter, LeaseState lease) => waiter with { Lease = lease.AsSeenByLocks() };

    /// <summary>The same write as one that grants its lock on the lease that it names.</summary>
    public static LockWrite AsGrant(this LockWrite write) => write with { AttachesTo = [write.State.Holder!.Lease!.Id] };

    /// <summary>The same write as one that queues its waiters for grants on the leases that they name.</summary>
    public static LockWrite AsQueued(this LockWrite write) =>
        write with { AttachesTo = [.. write.Enqueued.Select(waiter => waiter.Lease?.Id).OfType<Guid>().Distinct()] };

    /// <summary>The first write of a lease.</summary>
    public static LeaseWrite InsertLease(LeaseState lease, DateTimeOffset? writtenAt = null) =>
        new(0, 1, lease, null, writtenAt ?? SampleLocks.Now);

    /// <summary>A later write of a lease.</summary>
    public static LeaseWrite UpdateLease(long version, LeaseState lease, DateTimeOffset? writtenAt = null) =>
        new(version, version + 1, lease, null, writtenAt ?? SampleLocks.Now);
}
