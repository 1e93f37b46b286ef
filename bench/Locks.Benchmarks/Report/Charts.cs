using Locks.Benchmarks.Scenarios;

namespace Locks.Benchmarks.Report;

/// <summary>What is drawn: each target's figure beside its limit, a chart for each group of scenarios.</summary>
internal static class Charts
{
    public static IEnumerable<BarChart> Of(Figures figures)
    {
        var groups = new (string File, string Title, string[] Scenarios)[]
        {
            ("speed-uncontended.svg", "Uncontended: measured, in parts of the target (more is better)", [ScenarioNames.Uncontended]),
            ("speed-contended.svg", "Contended: measured, in parts of the target (more is better)", [ScenarioNames.Contended]),
            (
                "speed-scale.svg",
                "Latency, long queues, many locks and rows, restart: measured, in parts of the target",
                [ScenarioNames.Sequential, ScenarioNames.Rows, ScenarioNames.Waiters, ScenarioNames.Renewals, ScenarioNames.Restart]),
        };
        foreach (var (file, title, scenarios) in groups)
        {
            var bars = figures.Targets.Where(target => scenarios.Contains(target.Scenario)).Select(BarOf).ToArray();
            if (bars.Length > 0)
                yield return new BarChart(file, title, bars);
        }
    }

    private static Bar BarOf(TargetResult target)
    {
        var cells = Cells.Of(target);
        return new Bar($"{target.Shape}: {target.What}", target.Measured / target.Limit, $"{cells[4]} ({cells[3]})", target.Met);
    }
}
