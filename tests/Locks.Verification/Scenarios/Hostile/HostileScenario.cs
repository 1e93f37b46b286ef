using Locks.TestKit;
using Locks.Verification.Processes;
using Locks.Verification.Running;

namespace Locks.Verification.Scenarios.Hostile;

/// <summary>
/// Messages that no client sends come while callers use locks. The coordinators go on, their memory stays bounded, and no message stays in
/// their queues: each is answered, or is in the queue for errors or for what is not served.
/// </summary>
internal static class HostileScenario
{
    private const int Messages = 1_500;
    private const int AtATime = 10;
    private const long MostGrowth = 300_000_000;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan UntilDrained = TimeSpan.FromSeconds(30);
    private static readonly string[] Queues = ["", "-0", "-1", "-queries"];

    public static async Task RunAsync(ScenarioRun run)
    {
        await using var sender = await HostileSender.ConnectAsync(run.Servers.Broker, run.Queue);
        var messages = new HostileMessages(run.Random, sender.ReplyTo, await ForeignAddressesAsync(run));
        var before = run.Coordinators.Select(MemoryOf).ToList();
        var fault = run.Faults.Begin("hostile messages", "coordinators");
        var answerable = 0;
        for (var number = 0; number < Messages; number++)
        {
            var message = messages.Next(number);
            answerable += message.IsAnswered ? 1 : 0;
            await sender.SendAsync(message);
            if (number % AtATime == 0)
                await Task.Delay(Between, TimeProvider.System);
        }

        await DrainAsync(run, sender);
        fault.End();
        if (sender.Answers < answerable)
            run.Report("the sender", $"left without {answerable - sender.Answers} of {answerable} answers");
        // Of what can't be read, most ends there; a number says that it was looked at.
        var (errors, skipped) = (await sender.CountAsync("_error"), await sender.CountAsync("_skipped"));
        Console.WriteLine($"hostile messages: {Messages}, answers: {sender.Answers}, in the error queue: {errors}, skipped: {skipped}");
        foreach (var (coordinator, earlier) in run.Coordinators.Zip(before))
        {
            var growth = MemoryOf(coordinator) - earlier;
            if (growth > MostGrowth)
                run.Report(coordinator.Name, $"larger by {growth / 1_000_000} MB");
        }
    }

    private static async Task DrainAsync(ScenarioRun run, HostileSender sender)
    {
        foreach (var queue in Queues)
        {
            try
            {
                // Load passes through, so what counts is that nothing stays.
                await Eventually.HoldsAsync(async () => await sender.CountAsync(queue) == 0, UntilDrained, pauses: Between);
            }
            catch (TimeoutException)
            {
                run.Report($"queue {run.Queue}{queue}", $"left with {await sender.CountAsync(queue)} messages");
            }
        }
    }

    /// <summary>
    /// Where answers would reach others: clients, the coordinators themselves, the broker's own exchanges, nothing. The broker would refuse to
    /// declare some of them as MassTransit does.
    /// </summary>
    private static async Task<IReadOnlyList<string>> ForeignAddressesAsync(ScenarioRun run)
    {
        var host = $"rabbitmq://{run.Servers.Broker.Host}:{run.Servers.Broker.Port}";
        var queues = await run.Servers.ControlBrokerAsync("list_queues", "--no-table-headers", "name");
        return
        [
            .. queues.Split('\n').Where(name => name.Contains("LocksVerification", StringComparison.Ordinal))
                .Select(name => $"{host}/{name.Trim()}?temporary=true"),
            $"{host}/{run.Queue}",
            "exchange:amq.fanout",
            "exchange:amq.direct",
            $"{host}/amq.topic",
            $"queue:{run.Queue}-queries",
            $"{host}/{run.Queue}-0?temporary=true&bind=true",
            "topic:nothing",
            $"{host}/{new string('q', 300)}",
        ];
    }

    private static long MemoryOf(CoordinatorProcess coordinator) => ResourceUse.StatusOf(coordinator.Id, "VmRSS:") * 1_024;
}
