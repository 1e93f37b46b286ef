using Locks.Verification.Running;
using Locks.Verification.Servers;

namespace Locks.Verification.Scenarios;

/// <summary>Partitions: the way between one process and one server loses everything for a while. The others go on.</summary>
internal static class NetworkScenarios
{
    // Longer than the 10 s after which both sides take a connection for lost.
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(14);

    /// <summary>A client does not reach the broker.</summary>
    public static async Task ClientCutOffAsync(ScenarioRun run) =>
        await InterruptAsync(run, "client cut off from the broker", (await run.VictimAsync()).Name, TestServers.RabbitMq);

    /// <summary>One of two coordinators does not reach the broker.</summary>
    public static Task CoordinatorCutOffAsync(ScenarioRun run) =>
        InterruptAsync(run, "coordinator cut off from the broker", AnyCoordinator(run), TestServers.RabbitMq);

    /// <summary>One of two coordinators does not reach the database.</summary>
    public static Task CoordinatorWithoutDatabaseAsync(ScenarioRun run) =>
        InterruptAsync(run, "coordinator cut off from the database", AnyCoordinator(run), TestServers.PostgreSql);

    private static string AnyCoordinator(ScenarioRun run) => run.Coordinators[run.Random.Next(run.Coordinators.Count)].Name;

    private static async Task InterruptAsync(ScenarioRun run, string what, string process, string server)
    {
        var gate = run.GateBetween(process, server);
        var fault = run.Faults.Begin(what, process);
        gate.Interrupt();
        await Task.Delay(Length, TimeProvider.System);
        gate.Restore();
        fault.End();
    }
}
