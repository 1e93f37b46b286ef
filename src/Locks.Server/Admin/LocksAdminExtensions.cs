using Locks.Server.Admin.Access;
using Locks.Server.Admin.Live;
using Locks.Server.Admin.Problems;
using Locks.Server.Admin.Reading;
using Locks.Server.Admin.Writing;

namespace Locks.Server.Admin;

/// <summary>Adds the admin API to an ASP.NET Core application that has a lock client.</summary>
public static class LocksAdminExtensions
{
    /// <summary>Where the API is.</summary>
    public const string BasePath = "/api/v1";

    /// <summary>Registers what the admin API needs besides the lock client.</summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">Who may use the API. Default: programs on the same machine.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">An option is out of range; the message names it and the range.</exception>
    public static IServiceCollection AddLocksAdmin(this IServiceCollection services, LocksAdminOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new LocksAdminOptions();
        if (options.Problems().FirstOrDefault() is { } problem)
            throw new ArgumentException(problem, nameof(options));

        services.AddSingleton(options);
        services.AddAdminAccess(options);
        services.AddSingleton<AdminAudit>();
        services.AddSingleton<WriteLimiter>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<RateRecorder>();
        services.AddHostedService(static provider => provider.GetRequiredService<RateRecorder>());
        return services;
    }

    /// <summary>
    /// Maps the admin API under <see cref="BasePath"/>. The application must have called <see cref="AddLocksAdmin"/>; its own authorization
    /// decides where <see cref="LocksAdminOptions.ReadPolicy"/> and <see cref="LocksAdminOptions.WritePolicy"/> name its policies.
    /// </summary>
    /// <param name="endpoints">The application.</param>
    /// <returns>The group of the API's endpoints.</returns>
    public static RouteGroupBuilder MapLocksAdmin(this IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        var options = endpoints.ServiceProvider.GetRequiredService<LocksAdminOptions>();

        var api = endpoints.MapGroup(BasePath);
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
        return api;
    }

    private static void Describe(RouteGroupBuilder group, params int[] problems)
    {
        foreach (var status in problems)
            group.ProducesProblem(status);
    }
}
