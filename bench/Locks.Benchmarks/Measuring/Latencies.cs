namespace Locks.Benchmarks.Measuring;

/// <summary>How often each latency was seen, to one part in a hundred, so that those of several processes can be put together.</summary>
/// <param name="Counts">By the power of <see cref="Step"/> that is nearest to the microseconds.</param>
/// <param name="Longest">The longest, exactly, in milliseconds.</param>
internal sealed record Latencies(Dictionary<int, long> Counts, double Longest)
{
    private const double Step = 1.01;
    private const double Shortest = 0.1;

    public static Latencies Of(IEnumerable<long> timestamps)
    {
        var (counts, longest) = (new Dictionary<int, long>(), 0.0);
        foreach (var ticks in timestamps)
        {
            var time = TimeProvider.System.GetElapsedTime(0, ticks);
            longest = Math.Max(longest, time.TotalMilliseconds);
            var step = (int)Math.Round(Math.Log(Math.Max(time.TotalMicroseconds, Shortest), Step));
            counts[step] = counts.GetValueOrDefault(step) + 1;
        }

        return new Latencies(counts, longest);
    }

    public static Latencies Together(IReadOnlyList<Latencies> parts) => new(
        parts.SelectMany(part => part.Counts).GroupBy(pair => pair.Key, pair => pair.Value).ToDictionary(step => step.Key, step => step.Sum()),
        parts.Select(part => part.Longest).DefaultIfEmpty().Max());

    /// <summary>By nearest rank, in milliseconds; not a number when there is none.</summary>
    public double At(double share)
    {
        var left = (long)Math.Ceiling(share * Counts.Values.Sum());
        foreach (var (step, count) in Counts.OrderBy(pair => pair.Key))
        {
            left -= count;
            if (left <= 0)
                return Math.Min(Math.Pow(Step, step) / 1_000, Longest);
        }

        return double.NaN;
    }
}
