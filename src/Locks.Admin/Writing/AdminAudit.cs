using Locks.Admin.Access;
using Locks.Admin.Problems;

namespace Locks.Admin.Writing;

/// <summary>Tells the log what operators did and tried to do: who, from where, what, why, and what came of it.</summary>
internal sealed class AdminAudit(ILogger<AdminAudit> logger)
{
    private const string NoOperator = "A caller without a key";
    private const string NoAddress = "no address";

    public void ForceReleased(HttpContext context, string key, string owner, long fencingToken, string reason) =>
        logger.LockForceReleased(OperatorName.Of(context.User), AddressOf(context), key, owner, fencingToken, reason);

    public void WaiterCancelled(HttpContext context, string key, Guid attemptId, string reason) =>
        logger.WaiterCancelled(OperatorName.Of(context.User), AddressOf(context), attemptId, key, reason);

    /// <summary>A write was understood and came to nothing.</summary>
    public void Refused(HttpContext context, string? key, string? reason, AdminProblem problem) => logger.WriteRefused(
        OperatorName.Of(context.User), AddressOf(context), context.Request.Method, context.Request.Path, key, problem.Name, reason);

    /// <summary>A request was refused before anything of it was read. What only reads is not told: a page asks each second.</summary>
    public void RefusedUnread(HttpContext context, AdminProblem problem)
    {
        if (!context.IsWrite())
            return;

        var name = context.User.Identity is { IsAuthenticated: true } ? OperatorName.Of(context.User) : NoOperator;
        logger.RefusedUnread(name, AddressOf(context), context.Request.Method, context.Request.Path, problem.Name);
    }

    private static string AddressOf(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? NoAddress;
}
