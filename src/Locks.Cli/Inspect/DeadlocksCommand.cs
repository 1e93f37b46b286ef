using System.CommandLine;
using System.Globalization;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Cli.Output;
using Locks.Client;
using Locks.Contracts;
using Spectre.Console;

namespace Locks.Cli.Inspect;

/// <summary><c>locks deadlocks</c>: who blocks whom across all keys.</summary>
internal sealed class DeadlocksCommand : ClientCommand
{
    private static readonly string[] Cycle = ["WAITER", "WAITS FOR", "WAITED", "HELD BY", "HELD", "ATTEMPT"];
    private static readonly string[] Blockers = ["BLOCKER", "HELD", "WAIT FOR IT", "BLOCKED IN ALL", "KEYS"];

    private readonly JsonOption _json = new();

    public DeadlocksCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "deadlocks", "Shows deadlocks, and the holders that most callers wait for; ends with 1 if there is a deadlock", environment, connection,
            new Example("locks deadlocks", "who blocks whom"),
            new Example("locks deadlocks --json | jq '.deadlocks[].cycle[].key'", "for scripts")) => Options.Add(_json);

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        var graph = await client.Inspector.DescribeWaitForGraphAsync(cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
            Environment.Output.WriteLine(ToolJson.Write(graph));
        else
            Write(ToolConsole.Create(Environment), graph);
        return graph.Deadlocks.Count == 0 ? ExitCodes.Done : ExitCodes.Negative;
    }

    private static void Write(IAnsiConsole console, WaitForGraph graph)
    {
        if (graph.Deadlocks.Count == 0)
            console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"No deadlock among {graph.Waits} attempt(s) that have waited for {Duration.Format(graph.MinAge)}."));
        foreach (var deadlock in graph.Deadlocks)
        {
            console.WriteLine($"Deadlock since {LockTable.Age(deadlock.Age)}:");
            console.Write(PlainTable.Create(Cycle, deadlock.Cycle.Select(Row)));
            console.WriteLine();
        }

        if (graph.Blockers.Count > 0)
            console.Write(PlainTable.Create(Blockers, graph.Blockers.Select(Row)));
        if (graph.IsTruncated)
            console.WriteLine("More attempts wait than were looked at; a deadlock may be missing.");
    }

    private static string?[] Row(BlockedWait wait) =>
    [
        NameOf(wait.Waiter), wait.Key, LockTable.Age(wait.WaitedFor), NameOf(wait.Holder), LockTable.Age(wait.HeldFor), wait.AttemptId.ToString(),
    ];

    private static string?[] Row(Blocker blocker) =>
    [
        NameOf(blocker.Holder),
        LockTable.Age(blocker.HeldFor),
        blocker.Waits.ToString(CultureInfo.InvariantCulture),
        blocker.Blocked.ToString(CultureInfo.InvariantCulture),
        string.Join(", ", blocker.Keys),
    ];

    private static string NameOf(Contender contender) =>
        contender.LeaseFingerprint is { } lease ? $"{contender.Owner} (lease {lease})" : contender.Owner;
}
