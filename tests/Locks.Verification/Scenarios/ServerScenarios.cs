using Locks.Verification.Running;
using Locks.Verification.Servers;

namespace Locks.Verification.Scenarios;

/// <summary>Faults of the broker and of the database.</summary>
internal static class ServerScenarios
{
    private const int Times = 5;

    // Longer than the 10 s after which both sides take a connection for lost.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(14);
    private static readonly TimeSpan WithoutWrites = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Alarm = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    /// <summary>The broker is killed, and started again.</summary>
    public static Task BrokerKilledAsync(ScenarioRun run) => KilledAsync(run, TestServers.RabbitMq, "broker killed");

    /// <summary>The database is stopped as a crash stops it, and started again.</summary>
    public static Task DatabaseKilledAsync(ScenarioRun run) => KilledAsync(run, TestServers.PostgreSql, "database killed");

    /// <summary>The broker is stopped in good order, and started again.</summary>
    public static Task BrokerStoppedAsync(ScenarioRun run) => LastingAsync(
        run,
        "broker stopped",
        TestServers.RabbitMq,
        TimeSpan.Zero,
        () => run.Servers.ControlBrokerAsync("stop_app"),
        () => run.Servers.ControlBrokerAsync("start_app"));

    /// <summary>All connections to the broker are closed.</summary>
    public static async Task ConnectionsClosedAsync(ScenarioRun run)
    {
        var fault = run.Faults.Begin("connections closed", TestServers.RabbitMq);
        await run.Servers.CloseConnectionsAsync();
        fault.End();
    }

    /// <summary>The coordinators' queues are purged, with the requests that are in them.</summary>
    public static Task QueuesPurgedAsync(ScenarioRun run) =>
        RepeatAsync(run, "queues purged", TestServers.RabbitMq, () => BrokerObjects.PurgeAsync(run.Servers.Broker, run.Queue));

    /// <summary>The coordinators' sessions in the database are ended.</summary>
    public static Task SessionsEndedAsync(ScenarioRun run) => RepeatAsync(run, "sessions ended", TestServers.PostgreSql, run.Database.EndSessionsAsync);

    /// <summary>The broker keeps all connections, and neither reads nor answers.</summary>
    public static Task BrokerSuspendedAsync(ScenarioRun run) => SuspendedAsync(run, TestServers.RabbitMq, "broker suspended");

    /// <summary>The database keeps all connections, and does not answer.</summary>
    public static Task DatabaseSuspendedAsync(ScenarioRun run) => SuspendedAsync(run, TestServers.PostgreSql, "database suspended");

    /// <summary>The broker has no memory left, and takes no message.</summary>
    public static Task MemoryAlarmAsync(ScenarioRun run) => LastingAsync(
        run,
        "memory alarm",
        TestServers.RabbitMq,
        Alarm,
        () => run.Servers.ControlBrokerAsync("set_vm_memory_high_watermark", "absolute", "1MB"),
        () => run.Servers.ControlBrokerAsync("set_vm_memory_high_watermark", "absolute", "2GB"));

    /// <summary>The broker's processes that have the coordinators' queues are killed, and started by the broker again.</summary>
    public static async Task QueueProcessesKilledAsync(ScenarioRun run)
    {
        var queues = BrokerObjects.Queues(run.Queue).Select(queue => $"<<\"{queue}\">>");
        var fault = run.Faults.Begin("queue processes killed", TestServers.RabbitMq);
        await run.Servers.ControlBrokerAsync(
            "eval",
            "[begin {ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(<<\"/\">>, queue, Name)), exit(amqqueue:get_pid(Queue), kill) end "
                + $"|| Name <- [{string.Join(", ", queues)}]].");
        fault.End();
    }

    /// <summary>The database takes no write for a while.</summary>
    public static Task DatabaseReadOnlyAsync(ScenarioRun run) => DatabaseReadOnlyAsync(run, WithoutWrites);

    /// <summary>The database takes no write for a while.</summary>
    public static Task DatabaseReadOnlyAsync(ScenarioRun run, TimeSpan length) => LastingAsync(
        run, "database read-only", TestServers.PostgreSql, length, run.Database.MakeReadOnlyAsync, run.Database.MakeWritableAsync);

    /// <summary>
    /// The database's disk has no room left for a while, nor for its log: PostgreSQL goes down then, and does not come up before there is room.
    /// </summary>
    public static Task DatabaseDiskFullAsync(ScenarioRun run)
    {
        FullDisk? full = null;
        return LastingAsync(
            run,
            "database disk full",
            TestServers.PostgreSql,
            WithoutWrites,
            async () =>
            {
                full = run.Servers.FillDatabaseDisk();
                await run.Database.UseUpLogFilesAsync();
            },
            async () =>
            {
                full?.Dispose();
                if (!await run.Database.IsServingAsync())
                    await run.Servers.ReviveAsync(TestServers.PostgreSql);
            });
    }

    private static Task SuspendedAsync(ScenarioRun run, string server, string what) => LastingAsync(
        run, what, server, Silence, () => run.Servers.SuspendAsync(server), () => run.Servers.ResumeAsync(server));

    private static async Task LastingAsync(
        ScenarioRun run, string what, string server, TimeSpan length, Func<Task> begin, Func<Task> end)
    {
        var fault = run.Faults.Begin(what, server);
        try
        {
            await begin();
            await Task.Delay(length, TimeProvider.System);
        }
        finally
        {
            await end();
        }

        fault.End();
    }

    private static Task KilledAsync(ScenarioRun run, string server, string what) => LastingAsync(
        run, what, server, TimeSpan.Zero, () => run.Servers.KillAsync(server), () => run.Servers.ReviveAsync(server));

    private static async Task RepeatAsync(ScenarioRun run, string what, string server, Func<Task> act)
    {
        for (var turn = 0; turn < Times; turn++)
        {
            var fault = run.Faults.Begin(what, server);
            await act();
            fault.End();
            await Task.Delay(Between, TimeProvider.System);
        }
    }
}
