using System.Diagnostics;

namespace Locks.Client.Diagnostics;

/// <summary>The client's spans: one for each call of its caller's. What the client does in the background has none.</summary>
internal static class ClientTracing
{
    /// <summary>The name of the source.</summary>
    public const string Name = "Locks.Client";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Whether anything listens.</summary>
    public static bool IsEnabled => Source.HasListeners();

    /// <summary>Starts a span beneath the caller's, and makes it current.</summary>
    public static Activity? Start(string name, IEnumerable<ActivityLink>? links = null) =>
        Source.StartActivity(ActivityKind.Client, name: name, links: links);
}
