namespace Locks.Server.Configuration;

/// <summary>Where the server listens, from ASP.NET Core's own settings.</summary>
internal static class OwnAddress
{
    /// <summary>Where the server listens when nothing says otherwise: on this machine only.</summary>
    public const string Default = "http://localhost:8080";

    /// <summary>Whether something says otherwise.</summary>
    public static bool IsSet(IConfiguration configuration) => Candidates(configuration).Any();

    /// <summary>An address to reach the server at from the same machine.</summary>
    /// <exception cref="BadConfigurationException">The server does not listen on plain HTTP.</exception>
    public static Uri Find(IConfiguration configuration)
    {
        var addresses = IsSet(configuration) ? Candidates(configuration) : [Default];
        foreach (var address in addresses)
        {
            if (Parse(address) is { } found)
                return found;
        }

        throw new BadConfigurationException(
            [$"The health command needs an address of the server that begins with http://; it listens on '{string.Join(';', addresses)}'."]);
    }

    // In the order in which Kestrel lets one override the other.
    private static IEnumerable<string> Candidates(IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>().ToList();
        if (endpoints.Count > 0)
            return endpoints;

        var urls = Split(configuration["urls"]);
        return urls.Length > 0
            ? urls
            : [
                .. Split(configuration["http_ports"]).Select(port => $"http://*:{port}"),
                .. Split(configuration["https_ports"]).Select(port => $"https://*:{port}"),
            ];
    }

    private static string[] Split(string? list) =>
        list?.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static Uri? Parse(string address)
    {
        // The stars are no host names to Uri.
        var concrete = address.Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal);
        if (!Uri.TryCreate(concrete, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
            return null;

        return uri.Host is "localhost" or "0.0.0.0" or "[::]" ? new UriBuilder(uri) { Host = "127.0.0.1" }.Uri : uri;
    }
}
