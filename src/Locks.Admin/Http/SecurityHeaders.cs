namespace Locks.Admin.Http;

/// <summary>What every answer forbids a browser to do with it.</summary>
internal static class SecurityHeaders
{
    // Nothing but the server's own scripts, styles and pictures; no script that is written into the page, and no frame around it.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

    /// <summary>Sets them for endpoints.</summary>
    public static void WithSecurityHeaders(this IEndpointConventionBuilder endpoints) => endpoints.Finally(static builder =>
    {
        if (builder.RequestDelegate is { } serve)
        {
            builder.RequestDelegate = context =>
            {
                Set(context);
                return serve(context);
            };
        }
    });

    /// <summary>Sets them for everything, also for what no endpoint serves.</summary>
    public static void UseSecurityHeaders(this IApplicationBuilder app) => app.Use(static (context, next) =>
    {
        Set(context);
        return next(context);
    });

    // At the last moment: an error clears what was set before.
    private static void Set(HttpContext context) =>
        context.Response.OnStarting(static state => SetAsync((HttpResponse)state), context.Response);

    private static Task SetAsync(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // What says nothing of itself shows locks, which change.
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }
}
