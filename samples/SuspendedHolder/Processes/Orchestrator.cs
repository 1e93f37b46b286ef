using SuspendedHolder.Bank;
using SuspendedHolder.CommandLine;
using SuspendedHolder.Hosting;

namespace SuspendedHolder.Processes;

/// <summary>The process that tells the story, and makes it happen: it starts the others, suspends A, and wakes it when B is done.</summary>
internal static class Orchestrator
{
    public static async Task<int> RunAsync(StorySettings settings, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
            throw new SampleException("This sample suspends a process with SIGSTOP, which Windows does not have. Run it on Linux or macOS.");

        await settings.Servers.CheckAsync(cancellationToken);
        await using var bank = new BankContext(settings.Servers.Store);
        await bank.RecreateAsync(Deposit.AtFirst, cancellationToken);
        try
        {
            await TellAsync(settings, cancellationToken);
        }
        finally
        {
            await settings.Servers.RemoveQueuesAsync(settings.Run, new Names(settings.Run).Queue);
        }

        return Judge(await bank.BalanceAsync(cancellationToken));
    }

    private static async Task TellAsync(StorySettings settings, CancellationToken cancellationToken)
    {
        Console.WriteLine(
            $"""
            An account holds {Deposit.AtFirst}. A adds {Deposit.OfA} and B adds {Deposit.OfB}, each under the same lock, with a lease of {Depositor.Lease.TotalSeconds} s.
            {(settings.WithFence ? "The account refuses a fencing token that is lower than one it has seen." : "The account accepts every write (--no-fence).")}

            """);

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
            "--broker", settings.Servers.Broker.OriginalString,
            "--store", settings.Servers.Store,
        ];
        if (!settings.WithFence)
            arguments.Add("--no-fence");
        return new StoryProcess(name, arguments);
    }

    private static int Judge(int balance)
    {
        var isRight = balance == Deposit.AtLast;
        Console.WriteLine();
        Console.WriteLine(isRight
            ? $"Both deposits are there: {Deposit.AtFirst} + {Deposit.OfA} + {Deposit.OfB} = {balance}."
            : $"B's deposit of {Deposit.OfB} is LOST: A has overwritten it. No lock can prevent that; the account can (leave out --no-fence).");
        Console.WriteLine($"balance={balance} expected={Deposit.AtLast}");
        return isRight ? ExitCode.Right : ExitCode.Wrong;
    }
}
