using System.Globalization;
using Locks.Client;
using Locks.Histories.Records;
using Locks.TestKit;
using Locks.Verification.Clients;
using Locks.Verification.Running;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Verification.Scenarios.Hostile;

/// <summary>
/// One client wants far too much, and is killed: one lock with more callers than its queue has room for, and then as many locks as it can get.
/// Both are bounded, and others wait little longer than usual.
/// </summary>
internal static class FloodScenario
{
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UntilFree = TimeSpan.FromMinutes(1);

    // What others may wait for a lock that is free, at the most: far more than usual, and less than it takes until a request is repeated.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(ScenarioRun run)
    {
        using var others = ClientProgram.BuildHost("another", [run.Servers.Broker], run.Queue);
        await others.StartAsync();
        var client = others.Services.GetRequiredService<ILockClient>();
        var probe = new LatencyProbe(client);
        await probe.RunAsync(WarmUp);
        Console.WriteLine($"others, usually: {await probe.RunAsync(Phase)}");

        var refused = await FloodAsync(run, probe, wantsOneLock: true);
        if (refused == 0)
            run.Report(FloodProgram.Key, $"wanted by {FloodProgram.Callers}, and no caller was refused");
        try
        {
            await Eventually.HoldsAsync(async () => await client.DescribeAsync(FloodProgram.Key) is { Waiters: 0, Holder: null }, UntilFree);
        }
        catch (TimeoutException)
        {
            run.Report(FloodProgram.Key, "not free");
        }

        await FloodAsync(run, probe, wantsOneLock: false);
        await others.StopAsync();
    }

    /// <returns>What the process has counted.</returns>
    private static async Task<int> FloodAsync(ScenarioRun run, LatencyProbe probe, bool wantsOneLock)
    {
        await using var flood = new ChildProcess(ChildProcess.DotNet(
            Repository.ProgramIn(Repository.Root, "tests/Locks.Verification"),
            FloodProgram.ToArguments(run.Servers.Broker, run.Queue, wantsOneLock)));
        await flood.FirstLine;
        var what = wantsOneLock ? "flood of one lock" : "flood of many locks";
        var fault = run.Faults.Begin(what, what, FaultKind.Killed);
        await flood.SendLineAsync("");
        var latency = await probe.RunAsync(Phase);
        flood.Kill();
        fault.End();
        var count = int.Parse(flood.Printed.Last(), CultureInfo.InvariantCulture);
        Console.WriteLine(wantsOneLock
            ? $"others, while {FloodProgram.Callers} callers want one lock, of which {count} are refused: {latency}"
            : $"others, while one client acquires {count} locks in {Phase.TotalSeconds:0} s: {latency}");
        if (latency.Longest > LongestWait)
            run.Report($"the {what}", $"others waited for {latency.Longest.TotalSeconds:0.0} s");
        return count;
    }
}
