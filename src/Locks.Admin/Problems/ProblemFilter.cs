using Locks.Client;

namespace Locks.Admin.Problems;

/// <summary>Turns an answer that did not come into a problem.</summary>
internal sealed class ProblemFilter : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context).ConfigureAwait(false);
        }
        catch (LockUnavailableException unavailable)
        {
            return AdminProblem.Unavailable(unavailable.Message).ToResult();
        }
        catch (OperationCanceledException) when (context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            // There is no one to tell.
            return Results.Empty;
        }
    }
}
