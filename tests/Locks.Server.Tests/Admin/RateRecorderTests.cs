using System.Diagnostics.Metrics;
using Locks.Server.Admin.Live;
using Locks.TestKit;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Locks.Server.Tests.Admin;

// Other tests' coordinators measure into the same listeners, so this goes by differences that are large.
public sealed class RateRecorderTests : IAsyncLifetime
{
    private const double Many = 1_000_000;

    private readonly FakeTimeProvider _time = new();
    private readonly Meter _meter = new(Instruments.Meter);
    private readonly RateRecorder _recorder;

    public RateRecorderTests() => _recorder = new RateRecorder(_time);

    public async ValueTask InitializeAsync() => await _recorder.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _recorder.StopAsync(TestContext.Current.CancellationToken);
        _recorder.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Counters_AreToldPerSecond_ByStep_TheLastOneAtTheEnd()
    {
        var counters = new[] { Instruments.Grants, Instruments.Denials, Instruments.Releases, Instruments.Expiries, Instruments.Revocations }
            .Select(name => _meter.CreateCounter<long>(name)).ToList();
        for (var i = 0; i < counters.Count; i++)
            counters[i].Add((long)((i + 1) * 5 * Many));
        _recorder.EndStep();
        _time.Advance(TimeSpan.FromSeconds(1));
        _recorder.EndStep();

        var rates = _recorder.Read();

        IReadOnlyList<double>[] series = [rates.Grants, rates.Denials, rates.Releases, rates.Expiries, rates.Revocations];
        for (var i = 0; i < series.Length; i++)
        {
            Assert.Equal(RateRecorder.Steps, series[i].Count);
            Assert.Equal(i + 1, Math.Round(series[i][^2] / Many));
            Assert.Equal(0, Math.Round(series[i][^1] / Many));
            Assert.Equal(0, series[i][0]);
        }

        Assert.Equal((_time.GetUtcNow(), TimeSpan.FromSeconds(5)), (rates.Until, rates.Step));
    }

    [Fact]
    public void Durations_AreToldInMilliseconds_AndAStepWithoutAnyIsAbsent()
    {
        var (waits, lengths) = (_meter.CreateHistogram<double>(Instruments.WaitDuration), _meter.CreateHistogram<int>(Instruments.QueueLength));
        for (var i = 0; i < 99_000; i++)
            waits.Record(0.5);
        for (var i = 0; i < 1_000; i++)
            waits.Record(1_000_000);
        for (var i = 0; i < 50_000; i++)
            lengths.Record(17);
        _recorder.EndStep();

        var rates = _recorder.Read();

        Assert.InRange(rates.WaitTime.Median[^1]!.Value, 495, 505);
        Assert.InRange(rates.WaitTime.P99[^1]!.Value, 495, 86_500_000);
        Assert.InRange(rates.Waits[^1], 10_000, 20_000);
        Assert.Null(rates.WaitTime.Median[0]);
        Assert.Null(rates.CommitTime.P99[0]);
    }

    [Fact]
    public async Task AStep_EndsWithItsTime()
    {
        var begun = _recorder.Read().Until;

        // The service waits for its first step in the background, some time after it was started.
        await Eventually.HoldsAsync(() =>
        {
            _time.Advance(RateRecorder.Step);
            return _recorder.Read().Until > begun;
        });
    }

    [Fact]
    public void Steps_BeyondThoseThatAreKept_AreForgotten()
    {
        _meter.CreateCounter<long>(Instruments.Grants).Add((long)(5 * Many));
        for (var i = 0; i < RateRecorder.Steps; i++)
            _recorder.EndStep();
        Assert.Equal(1, Math.Round(_recorder.Read().Grants[0] / Many));

        _recorder.EndStep();

        Assert.Equal(0, Math.Round(_recorder.Read().Grants[0] / Many));
    }
}
