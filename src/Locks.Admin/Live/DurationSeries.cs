using HdrHistogram;

namespace Locks.Admin.Live;

/// <summary>The distribution of durations in each step. They are measured in seconds, and told in milliseconds.</summary>
internal sealed class DurationSeries : StepSeries
{
    private const double MicrosecondsPerSecond = 1_000_000;
    private const double MicrosecondsPerMillisecond = 1_000;
    private const int SignificantDigits = 2;

    // The longest wait.
    private static readonly long MaxMicroseconds = (long)TimeSpan.FromHours(24).TotalMicroseconds;

    private readonly Recorder _recorder = HistogramFactory.With64BitBucketSize()
        .WithValuesUpTo(MaxMicroseconds).WithPrecisionOf(SignificantDigits).WithThreadSafeWrites().WithThreadSafeReads().Create();

    private readonly StepRing<(double? Median, double? P99)> _steps = new();
    private HistogramBase? _recycled;

    public LatencySeries Latencies => new(_steps.ToList(static step => step.Median), _steps.ToList(static step => step.P99));

    public override void Record(double value) =>
        _recorder.RecordValue(Math.Clamp((long)(value * MicrosecondsPerSecond), 0, MaxMicroseconds));

    public override void EndStep()
    {
        var step = _recorder.GetIntervalHistogram(_recycled);
        _steps.Add(step.TotalCount == 0 ? default : (Milliseconds(step, 50), Milliseconds(step, 99)));
        _recycled = step;
    }

    private static double? Milliseconds(HistogramBase step, double percentile) =>
        step.GetValueAtPercentile(percentile) / MicrosecondsPerMillisecond;
}
