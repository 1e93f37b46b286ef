using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Locks.Contracts;

namespace Locks.IntegrationTests.Faults;

/// <summary>Listens to what the coordinators of this process say of their queues, as an operator's dashboard does.</summary>
internal sealed class QueuesReadHere : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _messages = new();
    private readonly MeterListener _listener = new();

    public QueuesReadHere()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Locks.Coordinator", Name: "locks.queue.messages" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, measurement, tags, _) =>
        {
            foreach (var tag in tags)
                _messages.AddOrUpdate((string)tag.Value!, measurement, (_, sum) => sum + measurement);
        });
        _listener.Start();
    }

    /// <summary>How many messages of the two queues that there are by default have come to this process.</summary>
    public long[] Messages(string queueName) =>
        [.. Enumerable.Range(0, 2).Select(index => _messages.GetValueOrDefault(LockQueues.NameOf(queueName, index)))];

    public void Dispose() => _listener.Dispose();
}
