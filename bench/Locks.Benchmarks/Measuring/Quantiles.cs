namespace Locks.Benchmarks.Measuring;

/// <summary>Latencies in milliseconds.</summary>
internal readonly record struct Quantiles(double P50, double P99, double Max)
{
    public static Quantiles Of(Latencies latencies) => new(latencies.At(0.50), latencies.At(0.99), latencies.Longest);

    /// <summary>Quantile by quantile.</summary>
    public static Quantiles MedianOf(IReadOnlyList<Quantiles> rounds) => new(
        Median.Of(rounds.Select(round => round.P50)),
        Median.Of(rounds.Select(round => round.P99)),
        Median.Of(rounds.Select(round => round.Max)));
}
