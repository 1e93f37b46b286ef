using Locks.Client;
using Microsoft.Extensions.DependencyInjection;
using SuspendedHolder.Bank;
using SuspendedHolder.CommandLine;
using SuspendedHolder.Hosting;

namespace SuspendedHolder.Processes;

/// <summary>A process that makes a deposit.</summary>
internal static class WriterRole
{
    public static async Task<int> RunAsync(StorySettings settings, int amount, bool isSuspended, CancellationToken cancellationToken)
    {
        using var host = StoryHost.Writer(settings, settings.Servers!);
        await host.StartAsync(cancellationToken);
        await using var bank = BankContext.OnPostgreSql(settings.Servers!.Store);
        await bank.BalanceAsync(cancellationToken); // EF Core takes its time at first, which is not to be that of a short lease
        var locks = host.Services.GetRequiredService<ILockClient>();
        var depositor = new Depositor(
            locks, new Names(settings.Run).LockKey, bank, settings.WithFence, renews: true, Console.WriteLine);

        await depositor.DepositAsync(amount, BeforeWriting, cancellationToken);
        await host.StopAsync(cancellationToken);
        return ExitCode.Right;

        async Task BeforeWriting(ILockHandle held)
        {
            if (!isSuspended)
                return;

            isSuspended = false;
            await BeSuspendedAsync(cancellationToken);
            depositor.TellAwakening(held);
        }
    }

    /// <summary>
    /// Between two instructions a process can be suspended, but hardly be caught there: so this one waits for a line, and the line is put
    /// there while it is suspended.
    /// </summary>
    private static async Task BeSuspendedAsync(CancellationToken cancellationToken)
    {
        Console.WriteLine(StoryProcess.HereLine);
        if (await Console.In.ReadLineAsync(cancellationToken) is null)
            throw new OperationCanceledException("The parent has ended.");
    }
}
