using System.Diagnostics.Metrics;
using Locks.Contracts;
using Locks.Coordinator.Inspect;
using Locks.Transport;
using Microsoft.Extensions.Hosting;

namespace Locks.Coordinator.Diagnostics;

/// <summary>
/// How many locks are held and how many attempts wait now, in the whole store. A reader of metrics cannot wait for a database, so it is
/// given the last count; the store is counted for as long as there is such a reader, and not otherwise.
/// </summary>
internal sealed class StoreGauges : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Longer than readers pause between two readings.
    private static readonly TimeSpan Interest = TimeSpan.FromMinutes(5);

    private readonly StatisticsCounter _counter;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private LockStatistics? _latest;
    private long _readAt;
    private bool _isCounting;

    public StoreGauges(CoordinatorMeter meter, StatisticsCounter counter, TimeProvider time)
    {
        (_counter, _time) = (counter, time);
        meter.ObserveStore(Held, Waiting);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Ends the counting. The source is left to the garbage collector: a host may stop its services after it has disposed of them.</summary>
    public void Dispose() => _stop.Cancel();

    private IEnumerable<Measurement<int>> Held() => Read() is not { } latest ? [] :
    [
        new(latest.Held, new KeyValuePair<string, object?>("locks.state", "held")),
        new(latest.Offered, new KeyValuePair<string, object?>("locks.state", "offered")),
        new(latest.Cooling, new KeyValuePair<string, object?>("locks.state", "cooling")),
    ];

    private IEnumerable<Measurement<int>> Waiting() => Read() is { } latest ? [new(latest.Waiters)] : [];

    private LockStatistics? Read()
    {
        lock (_gate)
        {
            _readAt = _time.GetTimestamp();
            if (!_isCounting && !_stop.IsCancellationRequested)
            {
                _isCounting = true;
                DetachedContext.Run(static gauges => _ = ((StoreGauges)gauges!).CountAsync(((StoreGauges)gauges)._stop.Token), this);
            }

            return _latest;
        }
    }

    private async Task CountAsync(CancellationToken stop)
    {
        do
        {
            var counted = await TryCountAsync(stop).ConfigureAwait(false);
            lock (_gate)
                _latest = counted;
            await Task.Delay(Interval, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (GoesOn(stop));
    }

    private async Task<LockStatistics?> TryCountAsync(CancellationToken stop)
    {
        try
        {
            return await _counter.CountAsync(stop).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A store that is away has no numbers; the health check says why.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    private bool GoesOn(CancellationToken stop)
    {
        lock (_gate)
        {
            if (!stop.IsCancellationRequested && _time.GetElapsedTime(_readAt) < Interest)
                return true;

            (_isCounting, _latest) = (false, null);
            return false;
        }
    }
}
