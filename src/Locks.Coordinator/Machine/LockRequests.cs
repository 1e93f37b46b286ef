using Locks.Contracts;
using Locks.Coordinator.Domain;
using MassTransit;

namespace Locks.Coordinator.Machine;

/// <summary>Turns messages into the rules' requests.</summary>
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
                OwnerTokens.Mint(),
                ReplyToOf(context) ?? throw new LockInvariantException("an acquire without a response address passed the validation"),
                message.LeaseId is { } leaseId ? LockEffects.Of(context).Lease ?? LeaseSnapshot.NotFound(leaseId) : null,
                message.MayJoinCohort),
            CancelAcquire message => new LockRequest.Cancel(message.AcquireId, message.ReportHolder ? ReplyToOf(context) : null),
            ConfirmGrant message => new LockRequest.Confirm(message.AcquireId, message.FencingToken),
            RenewLock message => new LockRequest.Renew(
                new OwnerToken(message.OwnerToken), InWholeMicroseconds(message.Lease), ReplyToOf(context)),
            ReleaseLock message => new LockRequest.Release(
                new OwnerToken(message.OwnerToken),
                ReplyToOf(context),
                message.Cooldown is { } cooldown ? InWholeMicroseconds(cooldown) : null,
                message.AcquireId),
            RevokeLock message => new LockRequest.Revoke(
                message.RevokeId, message.By, message.FencingToken, ReplyToOf(context), message.Reason),
            CancelWaiter message => new LockRequest.CancelWaiter(
                message.AttemptId, message.By, message.Reason, ReplyToOf(context), message.DenyReason == DenyReasons.Deadlock),
            LeaseExpired message => new LockRequest.Expire(message.FencingToken),
            _ => throw new LockInvariantException($"there is no request for a {typeof(T).Name}"),
        };

    internal static ReplyTo? ReplyToOf(ConsumeContext context) =>
        context.ResponseAddress is { } address ? new ReplyTo(address, context.RequestId) : null;

    /// <summary>Rounds up, because the databases keep microseconds and no client may get less than was promised.</summary>
    internal static TimeSpan InWholeMicroseconds(TimeSpan time)
    {
        var rest = time.Ticks % TimeSpan.TicksPerMicrosecond;
        return rest == 0 ? time : new TimeSpan(time.Ticks - rest + TimeSpan.TicksPerMicrosecond);
    }
}
