using System.Diagnostics.Metrics;

namespace PaymentCapture.Records;

/// <summary>What this process has counted. The guard counts by itself, on a meter that any listener can read.</summary>
internal sealed class Tally : IDisposable
{
    private readonly MeterListener _guard = new();
    private long _captured;
    private long _found;
    private long _skipped;
    private long _waited;

    public Tally()
    {
        _guard.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Locks.Client", Name: "locks.guard.skipped" or "locks.guard.waited" })
                listener.EnableMeasurementEvents(instrument);
        };
        _guard.SetMeasurementEventCallback<long>((instrument, count, _, _) =>
            Interlocked.Add(ref instrument.Name == "locks.guard.skipped" ? ref _skipped : ref _waited, count));
        _guard.Start();
    }

    public Counts Counts =>
        new(Interlocked.Read(ref _captured), Interlocked.Read(ref _found), Interlocked.Read(ref _skipped), Interlocked.Read(ref _waited));

    public void CountCaptured() => Interlocked.Increment(ref _captured);

    public void CountFound() => Interlocked.Increment(ref _found);

    public void Dispose() => _guard.Dispose();
}
