using Locks.Admin.Problems;

namespace Locks.Admin.Writing;

/// <summary>
/// Refuses writes that another site's page makes a browser send. A form can send neither JSON nor a header of its own, and a script of
/// another site would need a permission (CORS) that the server gives to none.
/// </summary>
internal static class CrossSiteCheck
{
    /// <summary>The header that each write has.</summary>
    public const string HeaderName = "X-Locks-Admin";

    private const string HeaderValue = "1";

    /// <summary>What is wrong with a write; absent when nothing is.</summary>
    public static AdminProblem? Check(HttpRequest request)
    {
        if (request.Headers[HeaderName] != HeaderValue)
            return AdminProblem.CrossSite($"Send the header '{HeaderName}: {HeaderValue}' with each write.");

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site is not ("" or "same-origin" or "none"))
            return AdminProblem.CrossSite($"The browser says that the request comes from elsewhere ('{Shown.Of(site)}').");

        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            return AdminProblem.CrossSite($"The origin is '{Shown.Of(origin)}', which is not the server's own.");

        return request.HasJsonContentType() ? null : AdminProblem.NotJson(request.ContentType);
    }
}
