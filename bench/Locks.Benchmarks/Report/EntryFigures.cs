using Locks.Benchmarks.Measuring;
using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Report;

/// <summary>One line of the table.</summary>
/// <param name="Scenario">Whose line it is.</param>
/// <param name="Shape">Which of the scenario's sizes.</param>
/// <param name="Name">What was measured.</param>
/// <param name="Operation">What one operation is.</param>
/// <param name="Callers">By how many callers.</param>
/// <param name="Processes">In how many processes.</param>
/// <param name="Medians">Over the rounds, figure by figure.</param>
/// <param name="Ratios">To each of its floors.</param>
/// <param name="Rounds">Every round.</param>
internal sealed record EntryFigures(
    string Scenario,
    string Shape,
    string Name,
    string Operation,
    int Callers,
    int Processes,
    Measurement Medians,
    IReadOnlyList<Ratios> Ratios,
    IReadOnlyList<Measurement> Rounds)
{
    public static EntryFigures Of(Entry entry, IReadOnlyList<Measurement> rounds, Func<Entry, IReadOnlyList<Measurement>> roundsOf) => new(
        entry.Scenario,
        entry.Shape,
        entry.Name,
        entry.Operation,
        entry.Load.Callers,
        entry.WorkerSet.Clients.Count,
        Measurement.MedianOf(rounds),
        [.. entry.Floors.Select(floor => Report.Ratios.Of(floor, rounds, roundsOf(floor)))],
        rounds);

    /// <summary>How often a floor fits in, where it is one of this entry's.</summary>
    public Ratios? To(string floor) => Ratios.FirstOrDefault(ratios => ratios.Floor == floor);
}
