namespace Locks.Benchmarks.Measuring;

/// <summary>What one measurement found.</summary>
/// <param name="Operations">How many operations ended in time.</param>
/// <param name="PerSecond">Operations per second.</param>
/// <param name="First">Latency of an operation's first half: the acquire.</param>
/// <param name="Whole">Latency of a whole operation.</param>
/// <param name="CpuPerOperation">Milliseconds of processor time of this process and its children, clients and coordinator together.</param>
/// <param name="Fairness">The fewest operations of a caller by the most, where all wanted the same key.</param>
internal sealed record Measurement(
    int Operations, double PerSecond, Quantiles First, Quantiles Whole, double CpuPerOperation, double? Fairness)
{
    /// <exception cref="MeasurementFailedException">Nothing ended in time, so there is nothing to divide by.</exception>
    public static Measurement Of(IReadOnlyList<LoadFigures> processes, TimeSpan cpu, bool withFairness)
    {
        var perCaller = processes.SelectMany(process => process.PerCaller).ToArray();
        var operations = perCaller.Sum();
        if (operations == 0)
            throw new MeasurementFailedException("No operation ended in time; measure for longer.");

        return new Measurement(
            operations,
            operations / processes.Max(process => process.Seconds),
            Quantiles.Of(Latencies.Together([.. processes.Select(process => process.First)])),
            Quantiles.Of(Latencies.Together([.. processes.Select(process => process.Whole)])),
            cpu.TotalMilliseconds / operations,
            withFairness ? (double)perCaller.Min() / perCaller.Max() : null);
    }

    /// <summary>Figure by figure.</summary>
    public static Measurement MedianOf(IReadOnlyList<Measurement> rounds) => new(
        (int)Median.Of(rounds.Select(round => (double)round.Operations)),
        Median.Of(rounds.Select(round => round.PerSecond)),
        Quantiles.MedianOf([.. rounds.Select(round => round.First)]),
        Quantiles.MedianOf([.. rounds.Select(round => round.Whole)]),
        Median.Of(rounds.Select(round => round.CpuPerOperation)),
        rounds[0].Fairness is null ? null : Median.Of(rounds.Select(round => round.Fairness!.Value)));
}
