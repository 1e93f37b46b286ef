using System.Diagnostics;
using Locks.Contracts;

namespace Locks.Coordinator.Diagnostics.Tracing;

/// <summary>
/// The coordinator's spans. None of them is ever current: a worker serves many attempts at a time, and what it does next belongs to others.
/// </summary>
internal static class CoordinatorTracing
{
    /// <summary>The name of the source.</summary>
    public const string Name = "Locks.Coordinator";

    private static readonly ActivitySource Source = new(Name);

    /// <summary>Whether anything listens.</summary>
    public static bool IsEnabled => Source.HasListeners();

    /// <summary>Starts a span.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="parent">Its parent; a trace of its own without one.</param>
    /// <param name="links">What it is linked to.</param>
    /// <param name="start">When it began; now by default.</param>
    /// <returns>The span; absent when nothing listens, or the sampler does not want it.</returns>
    public static Activity? Start(
        string name, ActivityKind kind, ActivityContext parent, IEnumerable<ActivityLink>? links = null, DateTimeOffset start = default)
    {
        var current = Activity.Current;
        Activity.Current = null;
        try
        {
            return Source.StartActivity(name, kind, parent, tags: null, links, start);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>Ends a span.</summary>
    public static void End(Activity span)
    {
        var current = Activity.Current;
        span.Stop();
        Activity.Current = current;
    }

    /// <summary>The span that an acquire names; absent when it names none that can be read.</summary>
    public static ActivityContext? ContextOf(AcquireLock acquire) =>
        acquire.TraceParent is { } parent && ActivityContext.TryParse(parent, acquire.TraceState, isRemote: true, out var context)
            ? context
            : null;
}
