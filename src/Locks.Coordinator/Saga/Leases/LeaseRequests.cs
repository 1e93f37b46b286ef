using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using MassTransit;

namespace Locks.Coordinator.Saga.Leases;

/// <summary>Reads the rules' requests off the messages.</summary>
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
                LockRequests.Asker(context) ?? throw new LockInvariantException("a lease without a response address got past the door")),
            RenewLease message => new LeaseRequest.Renew(LockRequests.InWholeMicroseconds(message.Ttl), LockRequests.Asker(context)),
            RevokeLease message => new LeaseRequest.Revoke(message.Owner, LockRequests.Asker(context)),
            DescribeLease => new LeaseRequest.Describe(LockRequests.Asker(context)),
            LeaseDue => context.TryGetPayload(out ReleaseProgress? progress) && progress.IsDone
                ? new LeaseRequest.NoteCleared()
                : new LeaseRequest.Look(),
            _ => throw new LockInvariantException($"a lease was asked with a {typeof(T).Name}"),
        };
}
