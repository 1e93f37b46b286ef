using Locks.Admin.Problems;

namespace Locks.Server.Http;

/// <summary>Gives the problems that ASP.NET Core itself reports a type that docs/admin-api.md explains.</summary>
internal static class NamedProblems
{
    public static void AddNamedProblems(this IServiceCollection services) =>
        services.AddProblemDetails(static options => options.CustomizeProblemDetails = static context =>
        {
            var problem = context.ProblemDetails;
            if (problem.Type?.StartsWith(AdminProblem.TypePrefix, StringComparison.Ordinal) is true)
                return;

            problem.Type = AdminProblem.TypePrefix + NameOf(problem.Status);
        });

    private static string NameOf(int? status) => status switch
    {
        StatusCodes.Status400BadRequest => "bad-request",
        StatusCodes.Status404NotFound => "not-found",
        StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
        StatusCodes.Status413PayloadTooLarge => "too-large",
        StatusCodes.Status415UnsupportedMediaType => "unsupported-media-type",
        _ => "failed",
    };
}
