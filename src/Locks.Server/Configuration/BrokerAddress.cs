using System.Diagnostics.CodeAnalysis;

namespace Locks.Server.Configuration;

/// <summary>A broker and how to sign in to it. Its text shows no password.</summary>
internal sealed record BrokerAddress(string Host, ushort Port, string VirtualHost, string User, string Password, bool Tls)
{
    private const string InMemoryName = "inmemory";

    /// <summary>MassTransit's transport inside of one process.</summary>
    public static BrokerAddress InMemory { get; } = new(InMemoryName, 0, "/", "", "", Tls: false);

    /// <summary>What a broker setting has to look like.</summary>
    public static string Form =>
        $"amqp://user:password@host:5672/virtual-host, the same with amqps, or {InMemoryName} to try the server out";

    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? broker)
    {
        broker = null;
        if (text.Equals(InMemoryName, StringComparison.OrdinalIgnoreCase))
        {
            broker = InMemory;
            return true;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("amqp" or "amqps") || uri.Host.Length == 0
            || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            return false;
        }

        var tls = uri.Scheme == "amqps";
        var signIn = uri.UserInfo.Split(':', 2);
        var path = uri.AbsolutePath.TrimStart('/');
        if (path.Contains('/', StringComparison.Ordinal))
            return false;

        broker = new BrokerAddress(
            uri.Host,
            uri.Port > 0 ? (ushort)uri.Port : (ushort)(tls ? 5671 : 5672),
            path.Length == 0 ? "/" : Uri.UnescapeDataString(path),
            uri.UserInfo.Length == 0 ? "guest" : Uri.UnescapeDataString(signIn[0]),
            signIn.Length == 2 ? Uri.UnescapeDataString(signIn[1]) : uri.UserInfo.Length == 0 ? "guest" : "",
            tls);
        return true;
    }

    /// <summary>What may be shown of a setting that is not a broker's address: people paste passwords into the wrong places.</summary>
    public static string WithoutSecrets(string text)
    {
        var signIn = text.LastIndexOf('@');
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (signIn >= 0)
            text = string.Concat(scheme >= 0 && scheme < signIn ? text.AsSpan(0, scheme + 3) : "", "***", text.AsSpan(signIn));
        var query = text.AsSpan().IndexOfAny('?', '#');
        if (query >= 0)
            text = string.Concat(text.AsSpan(0, query + 1), "***");
        return text.Contains('=', StringComparison.Ordinal) ? "***" : text;
    }

    public override string ToString() =>
        this == InMemory ? InMemoryName : $"{(Tls ? "amqps" : "amqp")}://{Host}:{Port}/{(VirtualHost == "/" ? "" : VirtualHost)}";
}
