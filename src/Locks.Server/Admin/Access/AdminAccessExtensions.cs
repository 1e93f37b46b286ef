namespace Locks.Server.Admin.Access;

/// <summary>The one rule of access of everything that the server serves over HTTP.</summary>
internal static class AdminAccessExtensions
{
    /// <summary>The policy that every endpoint of the server is under which names no other.</summary>
    public const string ReadPolicy = "locks-admin-read";

    private const string WritePolicy = "locks-admin-write";

    /// <summary>Registers the keys, who may use what by them, and what happens to those who may not.</summary>
    public static void AddAdminAccess(this IServiceCollection services, LocksAdminOptions options)
    {
        services.AddSingleton(new AdminKeys(options));
        services.AddAuthentication().AddScheme<AdminSchemeOptions, AdminAuthenticationHandler>(AdminAuthenticationHandler.Scheme, null);
        services.AddAuthorizationBuilder()
            .AddPolicy(ReadPolicy, policy => policy.AddAuthenticationSchemes(AdminAuthenticationHandler.Scheme)
                .RequireClaim(AdminAuthenticationHandler.AccessClaim, nameof(AdminAccess.Read), nameof(AdminAccess.Write)))
            .AddPolicy(WritePolicy, policy => policy.AddAuthenticationSchemes(AdminAuthenticationHandler.Scheme)
                .RequireClaim(AdminAuthenticationHandler.AccessClaim, nameof(AdminAccess.Write)));
    }

    /// <summary>Says what a request to an endpoint needs.</summary>
    /// <param name="endpoint">The endpoint, or several.</param>
    /// <param name="access">What it needs.</param>
    /// <param name="options">The options, where they may name a policy of the host.</param>
    public static TBuilder RequireAccess<TBuilder>(this TBuilder endpoint, AdminAccess access, LocksAdminOptions? options = null)
        where TBuilder : IEndpointConventionBuilder => access switch
        {
            AdminAccess.Open => endpoint.AllowAnonymous(),
            AdminAccess.Read => endpoint.RequireAuthorization(options?.ReadPolicy ?? ReadPolicy),
            _ => endpoint.RequireAuthorization(options?.WritePolicy ?? WritePolicy).WithMetadata(AdminWrite.Instance),
        };

    /// <summary>Whether a request is one to change something.</summary>
    public static bool IsWrite(this HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<AdminWrite>() is not null;

    private sealed class AdminWrite
    {
        public static AdminWrite Instance { get; } = new();
    }
}
