using SuspendedHolder.Bank;
using SuspendedHolder.CommandLine;
using SuspendedHolder.Hosting;
using SuspendedHolder.Running;

namespace SuspendedHolder.Processes;

/// <summary>The process that tells the story, and makes it happen: it starts the others, suspends A, and wakes it when B is done.</summary>
internal static class Orchestrator
{
    public static async Task<int> RunAsync(StorySettings settings, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            throw new SampleException("This sample suspends a process with SIGSTOP, which Windows does not have. Run it on Linux or macOS.");

        var servers = settings.Servers!;
        await servers.CheckAsync(cancellationToken);
        await using var bank = BankContext.OnPostgreSql(servers.Store);
        await bank.RecreateAsync(Deposit.AtFirst, cancellationToken);
        try
        {
            await TellAsync(settings, cancellationToken);
        }
        finally
        {
            await servers.RemoveQueuesAsync(settings.Run, new Names(settings.Run).Queue);
        }

        return StoryView.Judge(await bank.BalanceAsync(cancellationToken));
    }

    private static async Task TellAsync(StorySettings settings, CancellationToken cancellationToken)
    {
        StoryView.Begin(settings.WithFence);
        await using var coordinator = Start(settings, "coordinator", Role.Coordinator);
        await coordinator.ComesAsync(cancellationToken);
        await using var a = Start(settings, "A", Role.A);
        await a.ComesAsync(cancellationToken);
        a.Suspend();
        await a.LetGoOnAsync();
        Console.WriteLine("  (A is suspended: SIGSTOP, as by a virtual machine that is moved. Its lease runs on.)");

        await using var b = Start(settings, "B", Role.B);
        await b.EndsAsync(cancellationToken);

        Console.WriteLine("  (A is woken: SIGCONT.)");
        a.Resume();
        await a.EndsAsync(cancellationToken);
    }

    private static StoryProcess Start(StorySettings settings, string name, Role role)
    {
        List<string> arguments =
        [
            "--role", role.ToString(),
            "--run", settings.Run,
            "--broker", settings.Servers!.Broker.OriginalString,
            "--store", settings.Servers.Store,
        ];
        if (!settings.WithFence)
            arguments.Add("--no-fence");
        return new StoryProcess(name, arguments);
    }
}
