namespace Locks.Benchmarks.Report;

/// <summary>A figure that is not one of a load's.</summary>
/// <param name="Scenario">Whose it is.</param>
/// <param name="Shape">Which of the scenario's sizes.</param>
/// <param name="Name">What was found.</param>
/// <param name="Unit">In what.</param>
/// <param name="Median">Over the rounds.</param>
/// <param name="Rounds">Every round.</param>
internal sealed record Metric(string Scenario, string Shape, string Name, string Unit, double Median, IReadOnlyList<double> Rounds)
{
    public static Metric Of(string scenario, string shape, string name, string unit, IEnumerable<double> rounds)
    {
        var values = rounds.ToArray();
        return new Metric(scenario, shape, name, unit, Measuring.Median.Of(values), values);
    }
}
