namespace Locks.Benchmarks.Measuring;

/// <summary>Latencies in milliseconds.</summary>
internal readonly record struct Quantiles(double P50, double P99)
{
    /// <summary>By nearest rank.</summary>
    public static Quantiles Of(List<long> ticks)
    {
        ticks.Sort();
        return new Quantiles(At(0.50), At(0.99));

        double At(double share) =>
            ticks.Count == 0
                ? double.NaN
                : TimeProvider.System.GetElapsedTime(0, ticks[(int)Math.Ceiling(share * ticks.Count) - 1]).TotalMilliseconds;
    }
}
