using Locks.Verification.Running;

namespace Locks.Verification.Scenarios;

/// <summary>
/// What each run of the tests has time for, and what meets nothing but this run's own processes, queues and database. One fault follows the
/// other at once, whether service is normal then or not.
/// </summary>
internal static class BriefScenario
{
    private static readonly TimeSpan WithoutWrites = TimeSpan.FromSeconds(1);

    private static readonly Func<ScenarioRun, Task>[] Faults =
    [
        ServerScenarios.QueuesPurgedAsync,
        ServerScenarios.QueueProcessesKilledAsync,
        ServerScenarios.SessionsEndedAsync,
        static run => ServerScenarios.DatabaseReadOnlyAsync(run, WithoutWrites),
        CoordinatorScenarios.CombinedAsync,
    ];

    public static async Task RunAsync(ScenarioRun run)
    {
        foreach (var bringAbout in Faults)
            await bringAbout(run);
    }
}
