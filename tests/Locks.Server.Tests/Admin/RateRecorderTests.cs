using System.Diagnostics.Metrics;
using Locks.Admin.Live;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Locks.Server.Tests.Admin;

public sealed class RateRecorderTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter;
    private readonly RateRecorder _recorder;

    public RateRecorderTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _meter = meters.Create(Instruments.Meter);
        _recorder = new RateRecorder(_time, meters);
    }

    private RateSeries Rates => _recorder.Read()!;

    public async ValueTask InitializeAsync() => await _recorder.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _recorder.StopAsync(TestContext.Current.CancellationToken);
        _recorder.Dispose();
        await _services.DisposeAsync();
    }

    [Fact]
    public void Counters_AreToldPerSecond_ByStep_TheLastOneAtTheEnd()
    {
        var counters = new[] { Instruments.Grants, Instruments.Denials, Instruments.Releases, Instruments.Expiries, Instruments.Revocations }
            .Select(name => _meter.CreateCounter<long>(name)).ToList();
        for (var i = 0; i < counters.Count; i++)
            counters[i].Add((i + 1) * 5);
        _recorder.EndStep();
        _time.Advance(TimeSpan.FromSeconds(1));
        _recorder.EndStep();

        var rates = Rates;

        IReadOnlyList<double>[] series = [rates.Grants, rates.Denials, rates.Releases, rates.Expiries, rates.Revocations];
        for (var i = 0; i < series.Length; i++)
        {
            Assert.Equal(RateRecorder.Steps, series[i].Count);
            Assert.Equal((0, i + 1, 0), (series[i][0], series[i][^2], series[i][^1]));
        }

        Assert.Equal((_time.GetUtcNow(), TimeSpan.FromSeconds(5)), (rates.Until, rates.Step));
    }

    [Fact]
    public void Durations_AreToldInMilliseconds_AndAStepWithoutAnyIsAbsent()
    {
        var (waits, lengths) = (_meter.CreateHistogram<double>(Instruments.WaitDuration), _meter.CreateHistogram<int>(Instruments.QueueLength));
        for (var i = 0; i < 98; i++)
            waits.Record(0.5, Outcome(Instruments.Granted));
        for (var i = 0; i < 2; i++)
            waits.Record(20, Outcome(Instruments.Granted));
        for (var i = 0; i < 1_000; i++)
            waits.Record(300, Outcome("wait_timed_out"));
        for (var i = 0; i < 50; i++)
            lengths.Record(17);
        _recorder.EndStep();

        var rates = Rates;

        Assert.InRange(rates.WaitTime.Median[^1]!.Value, 495, 505);
        Assert.InRange(rates.WaitTime.P99[^1]!.Value, 19_800, 20_200);
        Assert.Equal(10, rates.Waits[^1]);
        Assert.Null(rates.WaitTime.Median[0]);
        Assert.Null(rates.CommitTime.P99[0]);
    }

    [Fact]
    public void AnotherHostsCoordinator_IsNotMeasured()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        other.GetRequiredService<IMeterFactory>().Create(Instruments.Meter).CreateCounter<long>(Instruments.Grants).Add(5);
        using var unscoped = new Meter(Instruments.Meter);
        unscoped.CreateCounter<long>(Instruments.Grants).Add(5);

        _recorder.EndStep();

        Assert.Null(_recorder.Read());
        _meter.CreateCounter<long>(Instruments.Grants);
        Assert.Equal(0, Rates.Grants[^1]);
    }

    [Fact]
    public async Task AStep_EndsWithItsTime()
    {
        _meter.CreateCounter<long>(Instruments.Grants);
        var begun = Rates.Until;

        // The service waits for its first step in the background, some time after it was started.
        await Eventually.HoldsAsync(() =>
        {
            _time.Advance(RateRecorder.Step);
            return Rates.Until > begun;
        });
    }

    [Fact]
    public void Steps_BeyondThoseThatAreKept_AreForgotten()
    {
        _meter.CreateCounter<long>(Instruments.Grants).Add(5);
        for (var i = 0; i < RateRecorder.Steps; i++)
            _recorder.EndStep();
        Assert.Equal(1, Rates.Grants[0]);

        _recorder.EndStep();

        Assert.Equal(0, Rates.Grants[0]);
    }

    private static KeyValuePair<string, object?> Outcome(string outcome) => new(Instruments.Outcome, outcome);
}
