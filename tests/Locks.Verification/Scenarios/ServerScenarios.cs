using Locks.Verification.Running;
using Locks.Verification.Servers;

namespace Locks.Verification.Scenarios;

/// <summary>Faults of the broker and of the database.</summary>
internal static class ServerScenarios
{
    private const string RabbitMq = "rabbitmq";
    private const string PostgreSql = "postgres";
    private const int Times = 5;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(500);

    /// <summary>The broker is killed, and started again.</summary>
    public static Task BrokerKilledAsync(ScenarioRun run) => KilledAsync(run, RabbitMq, "broker killed");

    /// <summary>The database is stopped as a crash stops it, and started again.</summary>
    public static Task DatabaseKilledAsync(ScenarioRun run) => KilledAsync(run, PostgreSql, "database killed");

    /// <summary>The broker is stopped in good order, and started again.</summary>
    public static async Task BrokerStoppedAsync(ScenarioRun run)
    {
        var fault = run.Faults.Begin("broker stopped", RabbitMq);
        await run.Servers.ControlBrokerAsync("stop_app");
        await run.Servers.ControlBrokerAsync("start_app");
        fault.End();
    }

    /// <summary>All connections to the broker are closed.</summary>
    public static async Task ConnectionsClosedAsync(ScenarioRun run)
    {
        var fault = run.Faults.Begin("connections closed", RabbitMq);
        await run.Servers.CloseConnectionsAsync();
        fault.End();
    }

    /// <summary>The coordinators' queues are purged, with the requests that are in them.</summary>
    public static Task QueuesPurgedAsync(ScenarioRun run) =>
        RepeatAsync(run, "queues purged", RabbitMq, () => BrokerObjects.PurgeAsync(run.Servers.Broker, run.Queue));

    /// <summary>The coordinators' sessions in the database are ended.</summary>
    public static Task SessionsEndedAsync(ScenarioRun run) => RepeatAsync(run, "sessions ended", PostgreSql, run.Database.EndSessionsAsync);

    private static async Task KilledAsync(ScenarioRun run, string server, string what)
    {
        var fault = run.Faults.Begin(what, server);
        await run.Servers.KillAsync(server);
        await run.Servers.ReviveAsync(server);
        fault.End();
    }

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
