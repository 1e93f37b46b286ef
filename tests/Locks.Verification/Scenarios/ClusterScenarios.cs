using Locks.Verification.Running;

namespace Locks.Verification.Scenarios;

/// <summary>Faults of the nodes of a cluster of three.</summary>
internal static class ClusterScenarios
{
    private static readonly TimeSpan UntilServed = TimeSpan.FromSeconds(60);

    // Longer than the 10 s after which both sides take a connection for lost.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(14);
    private static readonly TimeSpan WithoutMajority = TimeSpan.FromSeconds(8);

    /// <summary>A node is killed, then, when service is back and the node with it, the next one.</summary>
    public static async Task NodesKilledAsync(ScenarioRun run)
    {
        for (var node = 0; node < run.Nodes.Addresses.Count - 1; node++)
        {
            var fault = run.Faults.Begin("node killed", $"node-{node + 1}");
            await run.Nodes.KillAsync(node);
            fault.End();
            await run.WhenNormalAsync(UntilServed);
            await run.Nodes.ReviveAsync(node);
            await run.Nodes.ControlAsync(node, "await_online_nodes", $"{run.Nodes.Addresses.Count}");
        }
    }

    /// <summary>Two of three nodes are killed, so that no queue has a majority, and started again.</summary>
    public static async Task MajorityKilledAsync(ScenarioRun run)
    {
        var fault = run.Faults.Begin("two nodes killed", "nodes 1 and 2");
        await Task.WhenAll(run.Nodes.KillAsync(0), run.Nodes.KillAsync(1));
        await Task.Delay(WithoutMajority, TimeProvider.System);
        await Task.WhenAll(run.Nodes.ReviveAsync(0), run.Nodes.ReviveAsync(1));
        fault.End();
    }

    /// <summary>A node keeps all connections, and neither reads nor answers, to the other nodes either.</summary>
    public static async Task NodeSuspendedAsync(ScenarioRun run)
    {
        var fault = run.Faults.Begin("node suspended", "node-1");
        await run.Nodes.SuspendAsync(0);
        await Task.Delay(Silence, TimeProvider.System);
        await run.Nodes.ResumeAsync(0);
        fault.End();
    }
}
