using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Report;

/// <summary>
/// How often a floor fits in: of a latency or of processor time the smaller the better, of operations per second the larger. Each is the
/// median of the rounds' ratios.
/// </summary>
/// <param name="Floor">The floor's name.</param>
/// <param name="FloorShape">And its size.</param>
/// <param name="PerSecond">Of operations per second.</param>
/// <param name="FirstP50">Of an operation's first half, the median.</param>
/// <param name="WholeP50">Of a whole operation, the median.</param>
/// <param name="CpuPerOperation">Of processor time.</param>
internal sealed record Ratios(string Floor, string FloorShape, double PerSecond, double FirstP50, double WholeP50, double CpuPerOperation)
{
    /// <summary>Round by round, so that a slow minute slows both sides of each ratio.</summary>
    public static Ratios Of(Entry floor, IReadOnlyList<Measurement> rounds, IReadOnlyList<Measurement> below)
    {
        return new Ratios(
            floor.Name,
            floor.Shape,
            MedianOf(round => round.PerSecond),
            MedianOf(round => round.First.P50),
            MedianOf(round => round.Whole.P50),
            MedianOf(round => round.CpuPerOperation));

        double MedianOf(Func<Measurement, double> figure) =>
            Median.Of(rounds.Zip(below, (round, under) => figure(round) / figure(under)));
    }
}
