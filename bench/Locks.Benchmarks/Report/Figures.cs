using Locks.Benchmarks.Command;
using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Report;

/// <summary>All that a run found.</summary>
internal sealed record Figures(
    Machine Machine,
    ServerVersions Servers,
    double SecondsPerMeasurement,
    int Rounds,
    double Scale,
    int Processes,
    IReadOnlyList<ScenarioFigures> Scenarios,
    IReadOnlyList<TargetResult> Targets)
{
    public static Figures Of(Machine machine, ServerVersions servers, BenchmarkSettings settings, IReadOnlyList<ScenarioFigures> scenarios) => new(
        machine,
        servers,
        settings.Length.TotalSeconds,
        settings.Rounds,
        settings.Scale,
        settings.IsApart ? settings.Processes : 0,
        scenarios,
        [.. Report.Targets.All.Select(target => target.Check(scenarios)).OfType<TargetResult>()]);

    /// <summary>What the disk gave meanwhile, by scenario.</summary>
    public IEnumerable<EntryFigures> Disk => Scenarios.SelectMany(scenario => scenario.Entries).Where(entry => entry.Shape == "disk");
}
