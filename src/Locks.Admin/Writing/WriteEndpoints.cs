using Locks.Admin.Access;
using Locks.Admin.Problems;
using Locks.Client;
using Locks.Contracts;

namespace Locks.Admin.Writing;

/// <summary>What an operator can do. Each call is told to the log, with what came of it.</summary>
internal static class WriteEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/lock/force-release", ForceReleaseAsync).WithOperation("forceRelease").Produces<LockRevoked>()
            .WithMetadata(WriteBody.Of<ForceReleaseRequest>());
        api.MapPost("/lock/cancel-waiter", CancelWaiterAsync).WithOperation("cancelWaiter").Produces<WaiterCancelled>()
            .WithMetadata(WriteBody.Of<CancelWaiterRequest>());
    }

    /// <summary>Takes a lock from its holder, which is told at once by whom and why.</summary>
    /// <remarks>
    /// The holder may be in the middle of its work: only a resource that checks the fencing token is safe from it. With fencingToken, nothing
    /// happens when the lock has changed hands meanwhile.
    /// </remarks>
    /// <param name="context">The request.</param>
    /// <param name="locks">The lock client.</param>
    /// <param name="audit">The log of what operators do.</param>
    public static Task<IResult> ForceReleaseAsync(HttpContext context, ILockClient locks, AdminAudit audit) =>
        WriteCall.ServeAsync<ForceReleaseRequest, LockRevoked>(context, audit, async request =>
        {
            var (key, reason) = (request.Key!, request.Reason!);
            var found = await locks.DescribeAsync(key, CancellationToken.None).ConfigureAwait(false);
            if (found.Holder is not { } holder)
                return AdminProblem.NotHeld(key);

            var fence = request.FencingToken ?? holder.FencingToken;
            if (!await locks.RevokeAsync(key, OperatorName.Of(context.User), reason, fence, CancellationToken.None).ConfigureAwait(false))
                return AdminProblem.GrantIsOver(key, fence);

            audit.ForceReleased(context, key, holder.Owner, fence, reason);
            return new LockRevoked(key, fence, holder.Owner);
        });

    /// <summary>Takes a waiter out of a lock's queue. Its caller is told at once by whom and why.</summary>
    /// <remarks>It never hits a holder: a waiter that has been granted the lock by then keeps it.</remarks>
    /// <param name="context">The request.</param>
    /// <param name="locks">The lock client.</param>
    /// <param name="audit">The log of what operators do.</param>
    public static Task<IResult> CancelWaiterAsync(HttpContext context, ILockClient locks, AdminAudit audit) =>
        WriteCall.ServeAsync<CancelWaiterRequest, WaiterCancelled>(context, audit, async request =>
        {
            var (key, attemptId, reason) = (request.Key!, request.AttemptId!.Value, request.Reason!);
            if (!await locks.CancelWaiterAsync(key, attemptId, OperatorName.Of(context.User), reason, CancellationToken.None)
                .ConfigureAwait(false))
            {
                return Explain(await locks.DescribeAsync(key, CancellationToken.None).ConfigureAwait(false), attemptId);
            }

            audit.WaiterCancelled(context, key, attemptId, reason);
            return new WaiterCancelled(key, attemptId);
        });

    private static AdminProblem Explain(LockDescription found, Guid attemptId)
    {
        if (found.Holder is { } holder && (holder.AttemptId == attemptId || holder.Cohort?.Any(member => member.AttemptId == attemptId) is true))
            return AdminProblem.HasBeenGranted(found.Key, attemptId);

        return found.History.FirstOrDefault(attempt => attempt.AttemptId == attemptId) is { } ended
            ? AdminProblem.HasEnded(attemptId, ended.Ending)
            : AdminProblem.NotWaiting(found.Key, attemptId);
    }
}
