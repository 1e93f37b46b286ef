using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Locks.TestKit;

/// <summary>Records what one meter measures from now on.</summary>
public sealed class CapturedMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measurement> _all = new();

    /// <summary>Begins to record.</summary>
    public CapturedMetrics(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>The measurements so far, in order.</summary>
    public IReadOnlyCollection<Measurement> All => _all;

    /// <summary>One line for each measurement, such as <c>locks.grants 1 locks.outcome=queued</c>, of instruments whose names begin so.</summary>
    public IReadOnlyList<string> Lines(params string[] beginnings) =>
    [
        .. _all.Where(measured => beginnings.Any(begin => measured.Instrument.Name.StartsWith(begin, StringComparison.Ordinal)))
            .Select(measured => measured.ToString()),
    ];

    /// <summary>Has the instruments measure that measure only when they are asked.</summary>
    public void Observe() => _listener.RecordObservableInstruments();

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue(new Measurement(instrument, value, [.. tags]));

    /// <summary>One measurement.</summary>
    /// <param name="Instrument">The instrument.</param>
    /// <param name="Value">The value.</param>
    /// <param name="Tags">The tags.</param>
    public sealed record Measurement(Instrument Instrument, double Value, IReadOnlyList<KeyValuePair<string, object?>> Tags)
    {
        /// <inheritdoc/>
        public override string ToString() => string.Join(
            ' ',
            [
                Instrument.Name,
                Value.ToString(CultureInfo.InvariantCulture),
                .. Tags.Select(tag => $"{tag.Key}={tag.Value}"),
            ]);
    }
}
