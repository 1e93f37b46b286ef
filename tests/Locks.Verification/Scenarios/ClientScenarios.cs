using System.Globalization;
using Locks.TestKit;
using Locks.Verification.Clients;
using Locks.Verification.Processes;
using Locks.Verification.Running;

namespace Locks.Verification.Scenarios;

/// <summary>Faults of clients.</summary>
internal static class ClientScenarios
{
    private const int Waiters = 3;

    // The lease (2 s), a window of the same length for each of three waiters of a key, and the sweep (3 s).
    private static readonly TimeSpan AfterTheLastClient = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100);

    /// <summary>What the clients of the scenarios want.</summary>
    public static string Key => LoadCaller.Keys[0];

    /// <summary>A client is killed while it holds a lock that it renews.</summary>
    public static async Task HolderKilledAsync(ScenarioRun run)
    {
        var victim = await run.VictimAsync();
        await HoldAsync(victim, Key, "renewed");
        run.Kill(victim);
    }

    /// <summary>A client is killed while three of its callers wait for a lock that another client holds.</summary>
    public static async Task WaitersKilledAsync(ScenarioRun run)
    {
        var victim = await run.VictimAsync();
        await HoldAsync(run.Clients[0], Key, "renewed");
        await victim.DoAsync($"{CommandedCaller.Wait} {Key} {Lease} {Waiters}");
        run.Kill(victim);
        await run.Clients[0].DoAsync($"{CommandedCaller.Release} {Key}");
    }

    /// <summary>
    /// All clients are killed: their locks become free and their waiters leave the queues, without a client that asks, and the broker keeps
    /// nothing of theirs. Then new clients come.
    /// </summary>
    public static async Task AllKilledAsync(ScenarioRun run)
    {
        List<ClientProcess> clients = [.. run.Clients];
        clients.ForEach(client => run.Kill(client));
        var fault = run.Faults.Begin("no client", "clients");
        try
        {
            await Eventually.HoldsAsync(async () => await run.Database.CountLeftAsync() == 0, AfterTheLastClient, pauses: BetweenLooks);
        }
        catch (TimeoutException)
        {
            run.Report("the store", $"left with {await run.Database.CountLeftAsync()} locks, waiters and leases");
        }

        foreach (var left in await run.Servers.LeftOfClientsAsync([.. clients.Select(client => client.Id)]))
            run.Report(left, "still there");
        await run.StartClientsAsync();
        fault.End();
    }

    /// <summary>
    /// A client looks, and still holds its lock; it is suspended until another has got the lock and has written; then it goes on with the
    /// write that it was about to do.
    /// </summary>
    public static async Task HolderSuspendedAsync(ScenarioRun run)
    {
        var (victim, suspension) = await SuspendHolderAsync(run);
        await ResumeHolderAsync(run, victim, suspension);
    }

    /// <summary>A client gets the lock, and is suspended after its last look. If it has a defect, it gets another lock for that.</summary>
    public static async Task<(ClientProcess Victim, FaultLog.Fault Suspension)> SuspendHolderAsync(ScenarioRun run)
    {
        var victim = await run.VictimAsync();
        foreach (var key in KeysOf(run))
            await HoldAsync(victim, key, "once");
        return (victim, await run.SuspendAsync(victim));
    }

    /// <summary>Lets a suspended holder go on with its writes, once another has written.</summary>
    public static async Task ResumeHolderAsync(ScenarioRun run, ClientProcess holder, FaultLog.Fault suspension)
    {
        foreach (var key in KeysOf(run))
        {
            var before = await run.Database.Resource.HighestFenceAsync(key);
            if (key == CommandedCaller.ControlKey)
                await WriteAsync(run.Clients[0], key);
            await Eventually.HoldsAsync(async () => await run.Database.Resource.HighestFenceAsync(key) > before, pauses: BetweenLooks);
            // It reads this before it does anything else.
            await holder.SendLineAsync($"{CommandedCaller.Write} {key}");
        }

        await holder.ResumeAsync();
        suspension.End();
        foreach (var _ in KeysOf(run))
            await holder.NextLineAsync();
        foreach (var key in KeysOf(run))
            await holder.DoAsync($"{CommandedCaller.Release} {key}");
    }

    private static IEnumerable<string> KeysOf(ScenarioRun run) => run.HasControl ? [Key, CommandedCaller.ControlKey] : [Key];

    private static async Task WriteAsync(ClientProcess client, string key)
    {
        await HoldAsync(client, key, "once");
        await client.DoAsync($"{CommandedCaller.Write} {key}");
        await client.DoAsync($"{CommandedCaller.Release} {key}");
    }

    private static Task HoldAsync(ClientProcess client, string key, string how) => Eventually.HoldsAsync(
        async () => await client.DoAsync($"{CommandedCaller.Hold} {key} {Lease} {how}") == CommandedCaller.Held);

    private static string Lease => LoadCaller.Lease.TotalMilliseconds.ToString(CultureInfo.InvariantCulture);
}
