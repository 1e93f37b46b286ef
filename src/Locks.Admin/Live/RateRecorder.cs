using System.Diagnostics.Metrics;

namespace Locks.Admin.Live;

/// <summary>
/// Sums up what the coordinator of this process measures, by steps of time, from the server's start on: a dashboard that is opened shows the
/// minutes before.
/// </summary>
/// <param name="time">The time.</param>
/// <param name="meters">What the coordinator of this host makes its meter with; another host of the process has its own.</param>
internal sealed class RateRecorder(TimeProvider time, IMeterFactory meters) : BackgroundService
{
    /// <summary>How many steps are kept.</summary>
    public const int Steps = 60;

    /// <summary>How long a step is.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private readonly CountSeries _grants = new(), _denials = new(), _releases = new(), _expiries = new(), _revocations = new();
    private readonly OccurrenceSeries _waits = new();
    private readonly DurationSeries _waitTime = new(), _commitTime = new();
    private readonly MeterListener _listener = new();
    private DateTimeOffset _until = time.GetUtcNow();
    private volatile bool _hasCoordinator;

    /// <summary>The steps so far; absent where no coordinator runs in this host.</summary>
    public RateSeries? Read() => !_hasCoordinator ? null : new(
        _until,
        Step,
        _grants.PerSecond,
        _denials.PerSecond,
        _releases.PerSecond,
        _expiries.PerSecond,
        _revocations.PerSecond,
        _waits.PerSecond,
        _waitTime.Latencies,
        _commitTime.Latencies);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != Instruments.Meter || instrument.Meter.Scope != meters)
                return;

            _hasCoordinator = true;
            if (SeriesOf(instrument.Name) is { } series)
                listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, _, state) => ((StepSeries)state!).Record(value));
        _listener.SetMeasurementEventCallback<int>(static (_, value, _, state) => ((StepSeries)state!).Record(value));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) =>
        {
            if (state != _waitTime || IsOfAGrant(tags))
                ((StepSeries)state!).Record(value);
        });
        _listener.Start();
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    /// <summary>Ends the current step.</summary>
    internal void EndStep()
    {
        foreach (var series in (StepSeries[])[_grants, _denials, _releases, _expiries, _revocations, _waits, _waitTime, _commitTime])
            series.EndStep();
        _until = time.GetUtcNow();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Step, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
                EndStep();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // It is stopped.
        }
    }

    private static bool IsOfAGrant(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var (name, value) in tags)
        {
            if (name == Instruments.Outcome)
                return value is Instruments.Granted;
        }

        return false;
    }

    private StepSeries? SeriesOf(string instrument) => instrument switch
    {
        Instruments.Grants => _grants,
        Instruments.Denials => _denials,
        Instruments.Releases => _releases,
        Instruments.Expiries => _expiries,
        Instruments.Revocations => _revocations,
        Instruments.QueueLength => _waits,
        Instruments.WaitDuration => _waitTime,
        Instruments.CommitDuration => _commitTime,
        _ => null,
    };
}
