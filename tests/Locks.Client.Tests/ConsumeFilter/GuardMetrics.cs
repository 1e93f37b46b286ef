using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>
/// Records the metrics of this process's guards from now on. Every test whose guards count belongs to the collection of
/// <see cref="GuardFixture"/>, because a test that ran beside this one would be counted as well.
/// </summary>
internal sealed class GuardMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _counted = new();

    public GuardMetrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name.StartsWith("locks.guard.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            _counted.Enqueue($"{instrument.Name} {value} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"));
        _listener.Start();
    }

    /// <summary>One line for each count, with all its tags.</summary>
    public IReadOnlyCollection<string> Lines => _counted;

    public void Dispose() => _listener.Dispose();
}
