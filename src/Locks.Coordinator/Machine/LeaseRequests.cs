using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>Turns messages into the rules' requests.</summary>
internal static class LeaseRequests
{
    public static LeaseRequest From<T>(ConsumeContext<T> context)
        where T : class =>
        context.Message switch
        {
            GrantLease message => new LeaseRequest.Grant(
                LockRequests.InWholeMicroseconds(message.Ttl),
                message.Owner,
                message.ClientId,
                LockRequests.ReplyToOf(context) ?? throw new LockInvariantException("a lease without a response address passed the validation")),
            RenewLease message => new LeaseRequest.Renew(LockRequests.InWholeMicroseconds(message.Ttl), LockRequests.ReplyToOf(context)),
            RevokeLease message => new LeaseRequest.Revoke(message.Owner, LockRequests.ReplyToOf(context)),
            DescribeLease => new LeaseRequest.Describe(LockRequests.ReplyToOf(context)),
            LeaseDue => context.TryGetPayload(out ReleaseProgress? progress) && progress.IsDone
                ? new LeaseRequest.ConfirmReleased()
                : new LeaseRequest.Expire(),
            _ => throw new LockInvariantException($"there is no request for a {typeof(T).Name}"),
        };

    /// <summary>The id of the lease that a message is about.</summary>
    public static Guid LeaseOf(object message) => message switch
    {
        GrantLease grant => grant.LeaseId,
        RenewLease renew => renew.LeaseId,
        RevokeLease revoke => revoke.LeaseId,
        DescribeLease describe => describe.LeaseId,
        LeaseDue due => due.LeaseId,
        _ => throw new LockInvariantException($"a {message.GetType().Name} is about no lease"),
    };
}
