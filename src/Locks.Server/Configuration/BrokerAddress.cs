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

    /// <summary>The further nodes of its cluster, each as <c>host:port</c>, with commas between them. Empty for a single node.</summary>
    public string OtherNodes { get; init; } = "";

    /// <summary>All nodes, as <c>host:port</c>: the first one first.</summary>
    public IEnumerable<string> Nodes =>
        OtherNodes.Length == 0 ? [$"{Host}:{Port}"] : [$"{Host}:{Port}", .. OtherNodes.Split(',')];

    public static bool TryParse(string text, [NotNullWhen(true)] out BrokerAddress? broker)
    {
        broker = null;
        if (text.Equals(InMemoryName, StringComparison.OrdinalIgnoreCase))
        {
            broker = InMemory;
            return true;
        }

        var (first, others) = SplitNodes(text);
        if (!TryReadUri(first, out var uri))
            return false;

        var tls = uri.Scheme == "amqps";
        var signIn = uri.UserInfo.Split(':', 2);
        var path = uri.AbsolutePath.TrimStart('/');
        if (path.Contains('/', StringComparison.Ordinal))
            return false;

        var nodes = new List<string>();
        foreach (var other in others)
        {
            if (!TryReadUri($"{uri.Scheme}://{other}", out var node) || node.UserInfo.Length > 0 || node.AbsolutePath.Trim('/').Length > 0)
                return false;
            nodes.Add($"{node.Host}:{PortOf(node)}");
        }

        broker = new BrokerAddress(
            uri.Host,
            PortOf(uri),
            path.Length == 0 ? "/" : Uri.UnescapeDataString(path),
            uri.UserInfo.Length == 0 ? "guest" : Uri.UnescapeDataString(signIn[0]),
            signIn.Length == 2 ? Uri.UnescapeDataString(signIn[1]) : uri.UserInfo.Length == 0 ? "guest" : "",
            tls)
        {
            OtherNodes = string.Join(',', nodes),
        };
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

    public override string ToString() => this == InMemory
        ? InMemoryName
        : $"{(Tls ? "amqps" : "amqp")}://{string.Join(',', Nodes)}/{(VirtualHost == "/" ? "" : VirtualHost)}";

    /// <summary>The address with its first node alone, and the other nodes, which no <see cref="Uri"/> takes.</summary>
    private static (string First, string[] Others) SplitNodes(string text)
    {
        var begin = text.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = begin < 3 ? -1 : text.IndexOf('/', begin);
        var authority = begin < 3 ? "" : end < 0 ? text[begin..] : text[begin..end];
        var hosts = authority[(authority.LastIndexOf('@') + 1)..].Split(',');
        return hosts.Length == 1
            ? (text, [])
            : ($"{text[..begin]}{authority[..(authority.LastIndexOf('@') + 1)]}{hosts[0]}{(end < 0 ? "" : text[end..])}", hosts[1..]);
    }

    private static bool TryReadUri(string text, [NotNullWhen(true)] out Uri? uri) =>
        Uri.TryCreate(text, UriKind.Absolute, out uri) && uri.Scheme is "amqp" or "amqps" && uri.Host.Length > 0
        && uri.Query.Length == 0 && uri.Fragment.Length == 0;

    private static ushort PortOf(Uri uri) => uri.Port > 0 ? (ushort)uri.Port : (ushort)(uri.Scheme == "amqps" ? 5671 : 5672);
}
