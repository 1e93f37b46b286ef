using Locks.Client;
using Microsoft.Extensions.DependencyInjection;
using SuspendedHolder.Bank;
using SuspendedHolder.CommandLine;
using SuspendedHolder.Hosting;

namespace SuspendedHolder.Running;

/// <summary>
/// The story in one process, with nothing else installed. One of its tasks can't be suspended, so A waits where a process would be suspended, and
/// its lock is not renewed.
/// </summary>
internal sealed class EmbeddedStory(StorySettings settings, ILockClient locks)
{
    private readonly TaskCompletionSource _isHeldUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goesOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static Task<int> RunAsync(StorySettings settings, CancellationToken cancellationToken)
    {
        var host = StoryHost.Embedded(settings);
        return host.WhileRunningAsync(
            () => new EmbeddedStory(settings, host.Services.GetRequiredService<ILockClient>()).TellAsync(cancellationToken), cancellationToken);
    }

    private async Task<int> TellAsync(CancellationToken cancellationToken)
    {
        await using var bank = await OpenBankAsync(cancellationToken);
        await bank.RecreateAsync(Deposit.AtFirst, cancellationToken);
        StoryView.Begin(settings.WithFence);

        var a = DepositAsAAsync(cancellationToken);
        await await Task.WhenAny(_isHeldUp.Task, a);
        Console.WriteLine("  (A is held up, as by a virtual machine that is moved. Its lease runs on.)");

        await using (var bankOfB = await OpenBankAsync(cancellationToken))
            await CreateDepositor("B", bankOfB).DepositAsync(Deposit.OfB, _ => Task.CompletedTask, cancellationToken);

        Console.WriteLine("  (A goes on.)");
        _goesOn.TrySetResult();
        await a;
        return StoryView.Judge(await bank.BalanceAsync(cancellationToken));
    }

    private async Task DepositAsAAsync(CancellationToken cancellationToken)
    {
        await using var bank = await OpenBankAsync(cancellationToken);
        var depositor = CreateDepositor("A", bank);
        await depositor.DepositAsync(Deposit.OfA, BeforeWritingAsync, cancellationToken);

        async Task BeforeWritingAsync(ILockHandle held)
        {
            if (!_isHeldUp.TrySetResult())
                return;

            await _goesOn.Task;
            depositor.TellAwakening(held);
        }
    }

    private Depositor CreateDepositor(string name, BankContext bank) => new(
        locks, new Names(settings.Run).LockKey, bank, settings.WithFence, renews: false, line => Console.WriteLine($"{name} {line}"));

    private Task<BankContext> OpenBankAsync(CancellationToken cancellationToken) =>
        BankContext.OpenInMemoryAsync($"suspended-holder-{settings.Run}", cancellationToken);
}
