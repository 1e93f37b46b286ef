namespace Locks.Benchmarks.Report;

/// <summary>What one scenario found.</summary>
internal sealed record ScenarioFigures(string Scenario, IReadOnlyList<EntryFigures> Entries, IReadOnlyList<Metric> Metrics);
