using Locks.Verification.Running;

namespace Locks.Verification.Scenarios;

/// <summary>
/// Faults of all sorts, one after the other, that coordinators and the first client survive. After each round they may have no more memory,
/// handles, queues and rows in use than after the second, before which programs warm up.
/// </summary>
internal static class SoakScenario
{
    private const int WarmUp = 2;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly Func<ScenarioRun, Task>[] Faults =
    [
        ClientScenarios.HolderKilledAsync,
        ServerScenarios.ConnectionsClosedAsync,
        ClientScenarios.WaitersKilledAsync,
        ServerScenarios.SessionsEndedAsync,
        ClientScenarios.HolderSuspendedAsync,
        ServerScenarios.QueuesPurgedAsync,
    ];

    public static async Task RunAsync(ScenarioRun run)
    {
        foreach (var bringAbout in Faults)
        {
            await bringAbout(run);
            await run.WhenNormalAsync(Limit);
        }

        await run.StartClientsAsync();
        var use = await ResourceUse.OfAsync(run);
        run.Uses.Add(use);
        Console.WriteLine($"round {run.Uses.Count}: {use}");
        if (run.Uses.Count <= WarmUp)
            return;
        foreach (var growth in use.GrowthSince(run.Uses[WarmUp - 1]))
            run.Report($"round {run.Uses.Count}", growth);
    }
}
