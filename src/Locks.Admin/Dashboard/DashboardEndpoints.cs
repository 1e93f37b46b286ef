using System.Runtime.InteropServices;

namespace Locks.Admin.Dashboard;

/// <summary>The dashboard. Its files hold nothing that is worth to be kept secret; what it shows comes from the admin API.</summary>
internal static class DashboardEndpoints
{
    // The browser asks each time whether there is a newer one: the files of two versions do not mix.
    private const string Revalidate = "no-cache";

    public static IEndpointConventionBuilder MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        var files = endpoints.MapGroup("").ExcludeFromDescription();
        foreach (var file in DashboardFile.All)
            files.MapGet(file.Path, context => Serve(context, file).ExecuteAsync(context));
        return files;
    }

    private static IResult Serve(HttpContext context, DashboardFile file)
    {
        if (file.IsPage && MissingSlash(context.Request) is { } folder)
            return TypedResults.Redirect(folder);

        context.Response.Headers.CacheControl = Revalidate;
        return TypedResults.Bytes(ImmutableCollectionsMarshal.AsArray(file.Content)!, file.ContentType, entityTag: file.Tag);
    }

    // The addresses in the page are relative to a folder, and routing takes the name with a slash behind it for the one without. The way is
    // relative as well: a proxy may have taken a part of the path away.
    private static string? MissingSlash(HttpRequest request)
    {
        var path = (request.PathBase + request.Path).ToUriComponent();
        return path.EndsWith('/') ? null : $"./{path[(path.LastIndexOf('/') + 1)..]}/{request.QueryString}";
    }
}
