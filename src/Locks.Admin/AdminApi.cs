namespace Locks.Admin;

/// <summary>The version of the API that this is.</summary>
internal static class AdminApi
{
    /// <summary>Its name.</summary>
    public const string Version = "v1";

    /// <summary>Where it is, below the prefix.</summary>
    public const string Path = "/api/" + Version;

    /// <summary>The group that its endpoints are described in: the host's own descriptions leave it out.</summary>
    public const string Group = "locks-admin";

    /// <summary>What the names of its endpoints begin with, so that none is one of the host's.</summary>
    public const string Names = Group + ".";

    /// <summary>Names what an endpoint does.</summary>
    public static RouteHandlerBuilder WithOperation(this RouteHandlerBuilder endpoint, string name) => endpoint.WithName(Names + name);
}
