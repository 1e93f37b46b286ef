namespace Locks.Admin.Live;

/// <summary>One instrument's measurements, summed up by steps of time. Measuring is lock-free: it happens with each commit.</summary>
internal abstract class StepSeries
{
    /// <summary>Takes a measurement.</summary>
    public abstract void Record(double value);

    /// <summary>Ends a step. Not thread-safe with itself.</summary>
    public abstract void EndStep();
}

/// <summary>How much a counter rose in each step.</summary>
internal sealed class CountSeries : StepSeries
{
    private readonly StepRing<double> _steps = new();
    private long _count;

    /// <summary>The counts by step, the last one at the end.</summary>
    public IReadOnlyList<double> PerSecond => _steps.ToList(static count => count / RateRecorder.Step.TotalSeconds);

    public override void Record(double value) => Interlocked.Add(ref _count, (long)value);

    public override void EndStep() => _steps.Add(Interlocked.Exchange(ref _count, 0));
}

/// <summary>How often an instrument measured in each step, whatever it measured.</summary>
internal sealed class OccurrenceSeries : StepSeries
{
    private readonly CountSeries _count = new();

    public IReadOnlyList<double> PerSecond => _count.PerSecond;

    public override void Record(double value) => _count.Record(1);

    public override void EndStep() => _count.EndStep();
}
