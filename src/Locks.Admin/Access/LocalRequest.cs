using System.Net;

namespace Locks.Admin.Access;

/// <summary>Tells a request that a program on this machine makes for itself from every other one.</summary>
internal static class LocalRequest
{
    // Each of them is written by something that passes requests on for others.
    private static readonly string[] ProxyHeaders =
        ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Via"];

    /// <summary>
    /// Whether a request comes from this machine and asks for this machine. A browser sends the name that it was told: a name of another
    /// machine that leads here (DNS rebinding) is not this machine. Headers of a proxy are believed in nothing but that there is one.
    /// </summary>
    public static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address
        && IsLoopback(address)
        && IsLoopback(context.Request.Host.Host)
        && !ProxyHeaders.Any(context.Request.Headers.ContainsKey);

    private static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IsLoopback(address));

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
