using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Report;

/// <summary>One line of the table.</summary>
/// <param name="Scenario">Whose line it is.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Operation">What one operation is.</param>
/// <param name="InFlight">By how many callers.</param>
/// <param name="Medians">Over the rounds, figure by figure.</param>
/// <param name="Ratios">To the floor of the same scenario: the median of the rounds' ratios.</param>
/// <param name="Rounds">Every round.</param>
internal sealed record EntryFigures(
    string Scenario,
    string Name,
    string Operation,
    int InFlight,
    Measurement Medians,
    Ratios? Ratios,
    IReadOnlyList<Measurement> Rounds)
{
    public static EntryFigures Of(Entry entry, IReadOnlyList<Measurement> rounds, IReadOnlyList<Measurement>? floor) => new(
        entry.Scenario,
        entry.Contestant.Name,
        entry.Contestant.Operation,
        entry.InFlight,
        new Measurement(
            (int)Median.Of(rounds.Select(round => (double)round.Operations)),
            Median.Of(rounds.Select(round => round.PerSecond)),
            new Quantiles(Median.Of(rounds.Select(round => round.First.P50)), Median.Of(rounds.Select(round => round.First.P99))),
            new Quantiles(Median.Of(rounds.Select(round => round.Whole.P50)), Median.Of(rounds.Select(round => round.Whole.P99))),
            Median.Of(rounds.Select(round => round.CpuPerOperation))),
        floor is null ? null : Report.Ratios.Of(rounds, floor),
        rounds);
}
