using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Saga;

/// <summary>Reads the rules' requests off the messages.</summary>
internal static class LockRequests
{
    public static LockRequest From<T>(ConsumeContext<T> context)
        where T : class =>
        context.Message switch
        {
            AcquireLock message => new LockRequest.Acquire(
                message.AcquireId,
                message.Owner,
                InWholeMicroseconds(message.Lease),
                message.Wait is { } wait ? InWholeMicroseconds(wait) : null,
                message.ClientId,
                message.NotifyQueued,
                OwnerToken.Mint(),
                Asker(context) ?? throw new LockInvariantException("an acquire without a response address got past the door"),
                message.LeaseId is null ? null : context.GetPayload<SharedLease>(),
                message.MayJoinCohort),
            CancelAcquire message => new LockRequest.Cancel(message.AcquireId),
            ConfirmGrant message => new LockRequest.Confirm(message.AcquireId, message.FencingToken),
            RenewLock message => new LockRequest.Renew(
                new OwnerToken(message.OwnerToken), InWholeMicroseconds(message.Lease), Asker(context)),
            ReleaseLock message => new LockRequest.Release(
                new OwnerToken(message.OwnerToken), Asker(context), message.Cooldown is { } keep ? InWholeMicroseconds(keep) : null),
            RevokeLock message => new LockRequest.Revoke(message.RevokeId, message.By, message.FencingToken, Asker(context)),
            LeaseExpired message => new LockRequest.Expire(message.FencingToken),
            _ => throw new LockInvariantException($"a lock was asked with a {typeof(T).Name}"),
        };

    internal static ReplyTo? Asker(ConsumeContext context) =>
        context.ResponseAddress is { } address ? new ReplyTo(address, context.RequestId) : null;

    /// <summary>Rounded up, because the databases keep microseconds and nobody may get less than was promised.</summary>
    internal static TimeSpan InWholeMicroseconds(TimeSpan time)
    {
        var rest = time.Ticks % TimeSpan.TicksPerMicrosecond;
        return rest == 0 ? time : new TimeSpan(time.Ticks - rest + TimeSpan.TicksPerMicrosecond);
    }
}
