using Locks.Contracts;

namespace Locks.Testing.Scripting;

/// <summary>A client's message at the coordinator's door.</summary>
/// <param name="Key">The lock that it is about, if it is about one.</param>
/// <param name="LeaseId">The shared lease that it is about, if it is about one.</param>
/// <param name="IsRenewal">Whether it extends a lease.</param>
internal sealed record Arrival(string? Key, Guid? LeaseId, bool IsRenewal)
{
    public static Arrival Of(object message) => message switch
    {
        AcquireLock acquire => OfLock(acquire.Key),
        CancelAcquire cancel => OfLock(cancel.Key),
        ConfirmGrant confirm => OfLock(confirm.Key) with { IsRenewal = true },
        RenewLock renew => OfLock(renew.Key) with { IsRenewal = true },
        ReleaseLock release => OfLock(release.Key),
        RevokeLock revoke => OfLock(revoke.Key),
        GrantLease grant => OfLease(grant.LeaseId),
        RenewLease renew => OfLease(renew.LeaseId) with { IsRenewal = true },
        RevokeLease revoke => OfLease(revoke.LeaseId),
        DescribeLease describe => OfLease(describe.LeaseId),
        _ => new Arrival(Key: null, LeaseId: null, IsRenewal: false),
    };

    private static Arrival OfLock(string key) => new(key, LeaseId: null, IsRenewal: false);

    private static Arrival OfLease(Guid id) => new(Key: null, id, IsRenewal: false);
}
