using Locks.Failpoints;
using Locks.Verification.Running;
using Locks.Verification.Scenarios.Hostile;

namespace Locks.Verification.Scenarios;

/// <summary>
/// All scenarios. Their bounds are those of docs/guarantees.md (G5, G7) and docs/operations.md ("When is service back?").
/// </summary>
internal static class ScenarioCatalogue
{
    /// <summary>
    /// A client that is gone holds a lock, and has up to two callers in its queue: the lease, a window for each of them, which is no longer
    /// than the lease (2 s), the sweep (3 s), and the grants of a second.
    /// </summary>
    private static readonly TimeSpan AfterAClient = TimeSpan.FromSeconds(10);

    /// <summary>The same with five callers in the queue of one lock.</summary>
    private static readonly TimeSpan AfterAClientThatWaits = TimeSpan.FromSeconds(16);

    private const int Nodes = 3;

    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterAConnection = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterAServer = TimeSpan.FromSeconds(10);

    /// <summary>The scenarios, in the order of the documentation.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        New("steady", AfterAConnection, "nothing goes wrong for 5 s", static _ => Task.Delay(Steady, TimeProvider.System)),
        New("holder-killed", AfterAClient, "a client is killed while it holds a lock", ClientScenarios.HolderKilledAsync),
        New(
            "waiters-killed", AfterAClientThatWaits, "a client is killed while three more of its callers wait",
            ClientScenarios.WaitersKilledAsync),
        New("clients-killed", AfterAClient, "all clients are killed, and nothing of theirs may stay", ClientScenarios.AllKilledAsync),
        New(
            "holder-suspended", AfterAClient, "a holder is suspended past its lease, and then writes",
            ClientScenarios.HolderSuspendedAsync),
        New(
            "coordinator-killed", AfterAConnection, "the only coordinator is killed, and started",
            CoordinatorScenarios.KilledAndStartedAsync),
        New(
            "coordinators-in-turn", AfterAConnection, "one of two coordinators is killed", CoordinatorScenarios.OneKilledAsync,
            coordinators: 2),
        New(
            "three-coordinators", AfterAConnection, "one of three coordinators is killed", CoordinatorScenarios.OneKilledAsync,
            coordinators: 3),
        New(
            "dies-before-commit", AfterAConnection, "one of two coordinators dies when it has decided, before it commits",
            static run => CoordinatorScenarios.DiesAtAsync(run, Failpoint.BeforeCommit)),
        New(
            "dies-after-commit", AfterAConnection, "one of two coordinators dies when it has committed, before a reply leaves",
            static run => CoordinatorScenarios.DiesAtAsync(run, Failpoint.AfterCommit)),
        New(
            "dies-after-reply", AfterAConnection, "one of two coordinators dies when it has replied, before it acknowledges",
            static run => CoordinatorScenarios.DiesAtAsync(run, Failpoint.AfterReply)),
        New(
            "coordinator-suspended", AfterAConnection, "one of two coordinators is suspended for 3 to 14 s",
            CoordinatorScenarios.SuspendedAsync, coordinators: 2),
        New(
            "coordinators-replaced", AfterAConnection, "two coordinators are stopped in good order and replaced, one after the other",
            CoordinatorScenarios.ReplacedAsync, coordinators: 2),
        New(
            "combined", AfterAClient, "holders and coordinators are suspended and killed", CoordinatorScenarios.CombinedAsync,
            coordinators: 2),
        New(
            "clocks-set", AfterAClient, "wall clocks of coordinators and clients, wrong by up to ten minutes, are set five times",
            ClockScenarios.SetAsync, coordinators: 2) with { HasClocks = true },
        New(
            "brief", AfterAClient, "short faults of queues and database, and then those of combined, one after the other",
            BriefScenario.RunAsync, coordinators: 2),
        New(
            "sqlite-coordinator-killed", AfterAConnection, "the same as coordinator-killed, in an SQLite file",
            CoordinatorScenarios.KilledAndStartedAsync, isOnSqlite: true),
        New(
            "sqlite-holder-killed", AfterAClient, "the same as holder-killed, in an SQLite file", ClientScenarios.HolderKilledAsync,
            isOnSqlite: true),
        New(
            "connections-closed", AfterAConnection, "all connections to the broker are closed", ServerScenarios.ConnectionsClosedAsync,
            coordinators: 2),
        New("queues-purged", AfterAConnection, "the coordinators' queues are purged five times", ServerScenarios.QueuesPurgedAsync),
        New(
            "queue-processes-killed", AfterAConnection, "the broker's processes that have the coordinators' queues are killed",
            ServerScenarios.QueueProcessesKilledAsync),
        New("broker-stopped", AfterAServer, "the broker is stopped in good order, and started", ServerScenarios.BrokerStoppedAsync),
        New("broker-killed", AfterAServer, "the broker is killed, and started", ServerScenarios.BrokerKilledAsync),
        New(
            "broker-suspended", AfterAServer, "the broker keeps all connections for 14 s, and does not answer",
            ServerScenarios.BrokerSuspendedAsync),
        New(
            "client-cut-off", AfterAServer, "a client and the broker lose all that they send each other for 14 s",
            NetworkScenarios.ClientCutOffAsync) with { HasGates = true },
        New(
            "coordinator-cut-off", AfterAServer, "the same between one of two coordinators and the broker",
            NetworkScenarios.CoordinatorCutOffAsync, coordinators: 2) with { HasGates = true },
        New(
            "coordinator-without-database", AfterAServer, "the same between one of two coordinators and the database",
            NetworkScenarios.CoordinatorWithoutDatabaseAsync, coordinators: 2) with { HasGates = true },
        New(
            "cluster-nodes-killed", AfterAServer, "a node of the broker's cluster is killed, and after it has come back, another",
            ClusterScenarios.NodesKilledAsync, coordinators: 2) with { BrokerNodes = Nodes },
        New(
            "cluster-majority-killed", AfterAServer, "two of the three nodes of the broker's cluster are killed, and started",
            ClusterScenarios.MajorityKilledAsync, coordinators: 2) with { BrokerNodes = Nodes },
        New(
            "cluster-node-suspended", AfterAServer, "a node of the broker's cluster answers neither clients nor the other nodes for 14 s",
            ClusterScenarios.NodeSuspendedAsync, coordinators: 2) with { BrokerNodes = Nodes },
        New("memory-alarm", AfterAConnection, "the broker takes no message for 8 s", ServerScenarios.MemoryAlarmAsync),
        New("sessions-ended", AfterAConnection, "the sessions in the database are ended five times", ServerScenarios.SessionsEndedAsync),
        New(
            "hostile-messages", AfterAConnection, "messages that no client sends come all the time", HostileScenario.RunAsync,
            coordinators: 2),
        New(
            "flood", AfterAConnection, "a client wants one lock with 30,000 callers at once, and then as many locks as it can",
            FloodScenario.RunAsync, coordinators: 2) with { MaxWaiters = FloodProgram.Callers / 10 },
        New("database-killed", AfterAServer, "the database is stopped as by a crash, and started", ServerScenarios.DatabaseKilledAsync),
        New(
            "database-suspended", AfterAServer, "the database keeps all connections for 14 s, and does not answer",
            ServerScenarios.DatabaseSuspendedAsync),
        New(
            "soak", AfterAClientThatWaits, "faults that processes survive, in rounds: nothing may grow", SoakScenario.RunAsync,
            coordinators: 2),
        New("database-disk-full", AfterAServer, "the database's disk is full for 8 s", ServerScenarios.DatabaseDiskFullAsync),
        New("database-read-only", AfterAServer, "the database takes no write for 8 s", ServerScenarios.DatabaseReadOnlyAsync),
    ];

    /// <summary>The scenario of a name.</summary>
    public static Scenario? Find(string name) => All.FirstOrDefault(scenario => scenario.Name == name);

    private static Scenario New(
        string name, TimeSpan bound, string what, Func<ScenarioRun, Task> run, int coordinators = 1, bool isOnSqlite = false) =>
        new(name, what, bound, run) { Coordinators = coordinators, IsOnSqlite = isOnSqlite };
}
