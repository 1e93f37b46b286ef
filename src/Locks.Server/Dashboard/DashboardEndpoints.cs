using System.Runtime.InteropServices;

namespace Locks.Server.Dashboard;

/// <summary>The dashboard at <c>/</c>. Its files hold nothing that is worth to be kept secret; what it shows comes from the admin API.</summary>
internal static class DashboardEndpoints
{
    // The browser asks each time whether there is a newer one: the files of two versions do not mix.
    private const string Revalidate = "no-cache";

    public static IEndpointConventionBuilder MapDashboard(this IEndpointRouteBuilder endpoints)
    {
        var files = endpoints.MapGroup("").ExcludeFromDescription();
        foreach (var file in DashboardFile.All)
        {
            files.MapGet(file.Path, (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = Revalidate;
                return TypedResults.Bytes(ImmutableCollectionsMarshal.AsArray(file.Content)!, file.ContentType, entityTag: file.Tag);
            });
        }

        return files;
    }
}
