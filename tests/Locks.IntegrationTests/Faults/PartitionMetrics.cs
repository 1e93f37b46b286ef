using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Locks.Contracts;

namespace Locks.IntegrationTests.Faults;

/// <summary>Listens to what the coordinators of this process say of their queues, as an operator's dashboard does.</summary>
internal sealed class PartitionMetrics : IDisposable
{
    private readonly ConcurrentDictionary<(string Instrument, string Queue), long> _sums = new();
    private readonly MeterListener _listener = new();

    public PartitionMetrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Locks.Coordinator")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, measurement, tags, _) => Add(instrument, measurement, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, measurement, tags, _) => Add(instrument, measurement, tags));
        _listener.Start();
    }

    /// <summary>How many messages of each of the two queues that there are by default have come to this process.</summary>
    public long[] Messages(string queueName) => Sums("locks.queue.messages", queueName);

    /// <summary>How many of them coordinators of this process should read.</summary>
    public long Share(string queueName) => Sums("locks.queue.readers", queueName).Sum();

    public void Dispose() => _listener.Dispose();

    private long[] Sums(string instrument, string queueName) =>
        [.. Enumerable.Range(0, 2).Select(index => _sums.GetValueOrDefault((instrument, LockPartitions.NameOf(queueName, index))))];

    private void Add(Instrument instrument, long measurement, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (_, queue) in tags)
            _sums.AddOrUpdate((instrument.Name, (string)queue!), measurement, (_, sum) => sum + measurement);
    }
}
