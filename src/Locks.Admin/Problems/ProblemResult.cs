using System.Globalization;

namespace Locks.Admin.Problems;

/// <summary>Writes a problem as RFC 9457 has it.</summary>
internal sealed class ProblemResult(AdminProblem problem) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (problem.RetryAfterSeconds is { } seconds)
            httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);

        return TypedResults.Problem(problem.ToDetails()).ExecuteAsync(httpContext);
    }
}
