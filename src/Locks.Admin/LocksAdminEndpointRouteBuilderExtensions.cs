using Locks.Admin;
using Locks.Admin.Access;
using Locks.Admin.Dashboard;
using Locks.Admin.Http;
using Locks.Admin.Live;
using Locks.Admin.OpenApi;
using Locks.Admin.Problems;
using Locks.Admin.Reading;
using Locks.Admin.Writing;
using Locks.Client;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Adds the admin API and the dashboard to the endpoints of an application.</summary>
public static class LocksAdminEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the dashboard at a prefix, and below it the admin API (<c>api/v1</c>) and its description (<c>openapi/v1.json</c>). Works behind a
    /// path base as well: no page or script has an absolute address.
    /// </summary>
    /// <param name="endpoints">The application, or a group of its endpoints.</param>
    /// <param name="prefix">Where, below the application's root. Default: <c>/locks</c>. Empty: at the root itself.</param>
    /// <returns>All of these endpoints, for conventions such as the host that they need.</returns>
    /// <exception cref="InvalidOperationException"><c>AddLocksAdmin</c> or <c>AddLockClient</c> was not called.</exception>
    public static IEndpointConventionBuilder MapLocksAdmin(this IEndpointRouteBuilder endpoints, string prefix = "/locks")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var options = endpoints.ServiceProvider.GetService<LocksAdminOptions>()
            ?? throw new InvalidOperationException("MapLocksAdmin needs its services: call services.AddLocksAdmin().");
        if (!endpoints.ServiceProvider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(ILockClient)))
            throw new InvalidOperationException("MapLocksAdmin needs a lock client: call services.AddLockClient().");

        var all = endpoints.MapGroup(prefix);
        all.WithSecurityHeaders();
        all.MapDashboard().RequireAccess(AdminAccess.Open, options);
        all.MapOpenApiFile().RequireAccess(AdminAccess.Read, options);
        MapApi(all.MapGroup(AdminApi.Path), options);
        return all;
    }

    private static void MapApi(RouteGroupBuilder api, LocksAdminOptions options)
    {
        api.WithGroupName(AdminApi.Group);
        api.AddEndpointFilter<RouteGroupBuilder, ProblemFilter>();
        Describe(
            api, StatusCodes.Status400BadRequest, StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden,
            StatusCodes.Status503ServiceUnavailable);
        var reads = api.MapGroup("").WithTags("Look");
        reads.RequireAccess(AdminAccess.Read, options);
        ReadEndpoints.Map(reads);
        LiveEndpoints.Map(reads);

        var writes = api.MapGroup("").WithTags("Intervene");
        writes.RequireAccess(AdminAccess.Write, options);
        writes.AddEndpointFilter<RouteGroupBuilder, WriteFilter>();
        Describe(
            writes, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status413PayloadTooLarge,
            StatusCodes.Status415UnsupportedMediaType, StatusCodes.Status429TooManyRequests);
        WriteEndpoints.Map(writes);
    }

    private static void Describe(RouteGroupBuilder group, params int[] problems)
    {
        foreach (var status in problems)
            group.ProducesProblem(status);
    }
}
