namespace Locks.Benchmarks.Report;

/// <summary>What has to be seen.</summary>
/// <param name="Scenario">In which scenario.</param>
/// <param name="Shape">At which of its sizes.</param>
/// <param name="What">Which figure, in words.</param>
/// <param name="Bound">On which side of the limit it has to be.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Look">Finds the figure, where it was measured.</param>
internal sealed record Target(string Scenario, string Shape, string What, Bound Bound, double Limit, Func<ScenarioFigures, double?> Look)
{
    /// <returns>Nothing, when it was not measured.</returns>
    public TargetResult? Check(IReadOnlyList<ScenarioFigures> scenarios) =>
        scenarios.FirstOrDefault(scenario => scenario.Scenario == Scenario) is { } figures && Look(figures) is { } measured
            ? new TargetResult(
                Scenario, Shape, What, Bound, Limit, measured, Bound == Bound.AtLeast ? measured >= Limit : measured <= Limit)
            : null;
}

/// <summary>A target and what was measured.</summary>
internal sealed record TargetResult(string Scenario, string Shape, string What, Bound Bound, double Limit, double Measured, bool Met);

/// <summary>A side of a limit.</summary>
internal enum Bound
{
    AtLeast,
    AtMost,
}
