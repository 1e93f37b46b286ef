using Locks.Failpoints;
using Locks.Verification.Running;

namespace Locks.Verification.Scenarios;

/// <summary>Faults of coordinators.</summary>
internal static class CoordinatorScenarios
{
    // Longer than any lease. The broker passes the partition on after two heartbeats, which is 10 s; before that the other coordinator
    // decides what clients repeat.
    private const double ShortestSuspension = 3;
    private const double LongestSuspension = 14;

    /// <summary>The only coordinator is killed, and started again.</summary>
    public static async Task KilledAndStartedAsync(ScenarioRun run)
    {
        var fault = run.Kill(run.Coordinators[0]);
        await run.StartCoordinatorAsync();
        fault.End();
    }

    /// <summary>One of two is killed; a new one takes its place after service is back.</summary>
    public static async Task OneKilledAsync(ScenarioRun run)
    {
        run.Kill(run.Coordinators[run.Random.Next(run.Coordinators.Count)]);
        await run.WhenNormalAsync(TimeSpan.FromSeconds(30));
        await run.StartCoordinatorAsync();
    }

    /// <summary>One more coordinator is started, and dies at a failpoint when it has come there some hundred times.</summary>
    public static Task DiesAtAsync(ScenarioRun run, Failpoint point) => run.RunUntilItDiesAsync(point, run.Random.Next(20, 300));

    /// <summary>
    /// An upgrade: the tables are migrated, then each of two is stopped in good order, one after the other, and a new one takes its place.
    /// </summary>
    public static async Task ReplacedAsync(ScenarioRun run)
    {
        await run.MigrateAsync();
        foreach (var coordinator in run.Coordinators.ToList())
        {
            var fault = await run.StopAsync(coordinator);
            await run.StartCoordinatorAsync();
            fault.End();
        }
    }

    /// <summary>One of two is suspended, and goes on with what it had in memory.</summary>
    public static async Task SuspendedAsync(ScenarioRun run)
    {
        var coordinator = run.Coordinators[run.Random.Next(run.Coordinators.Count)];
        var fault = await run.SuspendAsync(coordinator);
        var length = ShortestSuspension + (run.Random.NextDouble() * (LongestSuspension - ShortestSuspension));
        await Task.Delay(TimeSpan.FromSeconds(length), TimeProvider.System);
        await coordinator.ResumeAsync();
        fault.End();
    }

    /// <summary>
    /// A holder and a coordinator are suspended for longer than the lease, and go on; then a holder and the other coordinator are killed.
    /// </summary>
    public static async Task CombinedAsync(ScenarioRun run)
    {
        var (victim, suspension) = await ClientScenarios.SuspendHolderAsync(run);
        var coordinator = run.Coordinators[0];
        var fault = await run.SuspendAsync(coordinator);
        await ClientScenarios.ResumeHolderAsync(run, victim, suspension);
        await coordinator.ResumeAsync();
        fault.End();

        await ClientScenarios.HolderKilledAsync(run);
        run.Kill(run.Coordinators[1]);
    }
}
