using Microsoft.AspNetCore.Authorization;

namespace Locks.Admin.Access;

/// <summary>The one rule of access of everything that is served over HTTP.</summary>
internal static class AdminAccessExtensions
{
    private static readonly AllowAnonymousAttribute KeysDecide = new();

    /// <summary>Says what a request to an endpoint needs, and sees to it: by the gate, or by the host's policies where it names them.</summary>
    /// <param name="endpoint">The endpoint, or several.</param>
    /// <param name="access">What it needs.</param>
    /// <param name="options">The options, where they may name policies of the host.</param>
    public static TBuilder RequireAccess<TBuilder>(this TBuilder endpoint, AdminAccess access, LocksAdminOptions? options = null)
        where TBuilder : IEndpointConventionBuilder
    {
        endpoint.WithMetadata(new NeededAccess(access));
        if (options is { ReadPolicy: { } read, WritePolicy: { } write })
            return endpoint.RequireAuthorization(access == AdminAccess.Write ? write : read);

        endpoint.Finally(static builder =>
        {
            // Not the host's rule for endpoints that name none: it knows nothing of the keys. What the host demands of these holds besides.
            if (!builder.Metadata.OfType<IAuthorizeData>().Any())
                builder.Metadata.Add(KeysDecide);
        });
        endpoint.Add(builder =>
        {
            if (access != AdminAccess.Open && builder.RequestDelegate is { } serve)
                builder.RequestDelegate = context => PassAsync(context, access, serve);
        });
        return endpoint;
    }

    /// <summary>Requests that meet no endpoint which says what it needs are for those who may look: also paths that do not exist.</summary>
    public static void UseReadAccessWhereNoneIsNamed(this IApplicationBuilder app) => app.Use(static (context, next) =>
        NeedOf(context) is null ? PassAsync(context, AdminAccess.Read, next) : next(context));

    /// <summary>Whether a request is one to change something.</summary>
    public static bool IsWrite(this HttpContext context) => NeedOf(context) is AdminAccess.Write;

    private static AdminAccess? NeedOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<NeededAccess>()?.Access;

    private static async Task PassAsync(HttpContext context, AdminAccess needed, RequestDelegate serve)
    {
        if (await context.RequestServices.GetRequiredService<AdminGate>().TryPassAsync(context, needed).ConfigureAwait(false))
            await serve(context).ConfigureAwait(false);
    }

    private sealed record NeededAccess(AdminAccess Access);
}
