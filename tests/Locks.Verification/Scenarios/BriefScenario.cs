using Locks.Failpoints;
using Locks.Verification.Running;

namespace Locks.Verification.Scenarios;

/// <summary>
/// Faults that are short and meet nothing but this run's own processes, queues and database. One follows the other at once, whether service
/// is normal then or not.
/// </summary>
internal static class BriefScenario
{
    private const int TimesAtAFailpoint = 20;

    private static readonly TimeSpan WithoutWrites = TimeSpan.FromSeconds(1);

    private static readonly Func<ScenarioRun, Task>[] Faults =
    [
        static run => run.RunUntilItDiesAsync(Failpoint.BeforeCommit, TimesAtAFailpoint),
        ServerScenarios.QueuesPurgedAsync,
        ServerScenarios.QueueProcessesKilledAsync,
        static run => run.RunUntilItDiesAsync(Failpoint.AfterReply, TimesAtAFailpoint),
        ServerScenarios.SessionsEndedAsync,
        ClientScenarios.WaitersKilledAsync,
        static run => ServerScenarios.DatabaseReadOnlyAsync(run, WithoutWrites),
        OneOfThreeIsKilledAsync,
    ];

    public static async Task RunAsync(ScenarioRun run)
    {
        foreach (var bringAbout in Faults)
            await bringAbout(run);
    }

    private static async Task OneOfThreeIsKilledAsync(ScenarioRun run)
    {
        await Task.WhenAll(run.StartCoordinatorAsync(), run.StartCoordinatorAsync());
        run.Kill(run.Coordinators[run.Random.Next(run.Coordinators.Count)]);
    }
}
