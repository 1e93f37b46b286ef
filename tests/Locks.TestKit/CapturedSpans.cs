using System.Collections.Concurrent;
using System.Diagnostics;

namespace Locks.TestKit;

/// <summary>
/// Records the spans of the traces that begin here, and those that are linked with them. Spans of other traces are not sampled, so that tests
/// which run at the same time do not notice.
/// </summary>
public sealed class CapturedSpans : IDisposable
{
    private readonly ConcurrentDictionary<ActivityTraceId, bool> _traces = new();
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    /// <summary>Begins to record the spans of the product's sources.</summary>
    /// <param name="others">The names of other sources, whose spans are recorded as well.</param>
    public CapturedSpans(params string[] others)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Locks.", StringComparison.Ordinal) || others.Contains(source.Name),
            Sample = Sample,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans that have ended, in that order.</summary>
    public IReadOnlyCollection<Activity> Ended => _ended;

    /// <summary>Begins a trace, whose first span is current until it is disposed of.</summary>
    public Activity Begin(string name)
    {
        var root = new Activity(name);
        root.SetIdFormat(ActivityIdFormat.W3C);
        root.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        root.Start();
        _traces.TryAdd(root.TraceId, true);
        return root;
    }

    /// <summary>The span of a trace by its name, once it has ended.</summary>
    public Task<Activity> SpanAsync(Activity root, string name) =>
        SpanAsync(span => span.TraceId == root.TraceId && span.OperationName == name, name);

    /// <summary>The first span of which something is true, once it has ended.</summary>
    public async Task<Activity> SpanAsync(Func<Activity, bool> isWanted, string what)
    {
        await Eventually.HoldsAsync(() => _ended.Any(isWanted), what: $"a span {what}");
        return _ended.First(isWanted);
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options)
    {
        if (_traces.ContainsKey(options.Parent.TraceId))
            return ActivitySamplingResult.AllDataAndRecorded;
        foreach (var link in options.Links ?? [])
        {
            if (_traces.ContainsKey(link.Context.TraceId))
                return ActivitySamplingResult.AllDataAndRecorded;
        }

        return ActivitySamplingResult.None;
    }
}
