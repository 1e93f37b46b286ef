using Locks.Benchmarks.Command;
using Locks.Benchmarks.Report;
using Locks.Benchmarks.Servers;

namespace Locks.Benchmarks.Scenarios;

/// <summary>Runs what was asked for, one scenario after the other, each with processes, queues and databases of its own.</summary>
internal static class ScenarioRunner
{
    public static async Task<IReadOnlyList<ScenarioFigures>> RunAsync(
        BenchmarkSettings settings, BenchmarkServers servers, CancellationToken cancellationToken)
    {
        var found = new List<ScenarioFigures>();
        foreach (var name in settings.Scenario == ScenarioNames.All ? ScenarioNames.Each : [settings.Scenario])
        {
            await Console.Error.WriteLineAsync($"Scenario {name}.");
            await using var context = new ScenarioContext(settings, servers);
            found.Add(await Find(name).RunAsync(context, cancellationToken));
        }

        return found;
    }

    private static IScenario Find(string name) => name switch
    {
        ScenarioNames.Sequential => new Sequential(),
        ScenarioNames.Uncontended => new Uncontended(),
        ScenarioNames.Contended => new Contended(),
        ScenarioNames.Sets => new Sets(),
        ScenarioNames.Rows => new Rows(),
        ScenarioNames.Waiters => new Waiters(),
        ScenarioNames.Renewals => new Renewals(),
        ScenarioNames.Restart => new Restart(),
        ScenarioNames.Telemetry => new Telemetry(),
        ScenarioNames.Peers => new Peers(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such scenario."),
    };
}
