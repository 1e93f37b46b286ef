using System.Net;
using Locks.Benchmarks.Command;
using Npgsql;

namespace Locks.Benchmarks.Servers;

/// <summary>Only servers on this machine are measured: a load test must not hit a production broker by a slip of the keyboard.</summary>
internal static class Loopback
{
    /// <exception cref="CannotStartException">The address is not one of this machine's own.</exception>
    public static Uri RequireBroker(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme != "amqp")
            throw new CannotStartException("The broker's address makes no sense; it has the form amqp://user:password@127.0.0.1:5672/.");

        Require("broker", uri.DnsSafeHost);
        return uri;
    }

    /// <exception cref="CannotStartException">The address is not one of this machine's own.</exception>
    public static string RequireStore(string connectionString)
    {
        NpgsqlConnectionStringBuilder store;
        try
        {
            store = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException exception)
        {
            throw new CannotStartException($"The store's connection string makes no sense: {exception.Message}", exception);
        }

        // A missing host would come from the environment.
        foreach (var host in (store.Host ?? "").Split(','))
            Require("store", WithoutPort(host.Trim()));
        return connectionString;
    }

    private static void Require(string what, string host)
    {
        if (!IsLoopback(host))
        {
            throw new CannotStartException(
                $"The {what}'s host is '{host}'; only one on this machine is measured (127.0.0.0/8, ::1 or localhost).");
        }
    }

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    private static string WithoutPort(string host) =>
        IPAddress.TryParse(host, out _) || host.LastIndexOf(':') is not (> 0 and var colon) ? host : host[..colon];
}
