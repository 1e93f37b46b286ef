using Locks.Benchmarks.Measuring;

namespace Locks.Benchmarks.Report;

/// <summary>How often the floor fits in: of a latency or of processor time the smaller the better, of operations per second the larger.</summary>
internal sealed record Ratios(double PerSecond, double FirstP50, double WholeP50, double CpuPerOperation)
{
    /// <summary>Round by round, so that a slow minute slows both sides of each ratio.</summary>
    public static Ratios Of(IReadOnlyList<Measurement> rounds, IReadOnlyList<Measurement> floor)
    {
        return new Ratios(
            MedianOf(round => round.PerSecond),
            MedianOf(round => round.First.P50),
            MedianOf(round => round.Whole.P50),
            MedianOf(round => round.CpuPerOperation));

        double MedianOf(Func<Measurement, double> figure) =>
            Median.Of(rounds.Zip(floor, (round, below) => figure(round) / figure(below)));
    }
}
