using Locks.Admin.Access;
using Locks.Admin.Problems;

namespace Locks.Admin.Writing;

/// <summary>What each write passes before its body is read.</summary>
internal sealed class WriteFilter(WriteLimiter limiter, AdminAudit audit, LocksAdminOptions options) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (ProblemOf(http) is not { } problem)
            return await next(context).ConfigureAwait(false);

        audit.RefusedUnread(http, problem);
        return problem.ToResult();
    }

    private AdminProblem? ProblemOf(HttpContext http) =>
        CrossSiteCheck.Check(http.Request)
        ?? (limiter.TryTake(OperatorName.Of(http.User), out var retryAfter) ? null : AdminProblem.TooManyWrites(options, retryAfter));
}
