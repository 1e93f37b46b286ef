using Locks.Client;
using Locks.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;

namespace SuspendedHolder.Bank;

/// <summary>
/// Reads the balance, adds to it, and writes it back, under the lock: what every textbook does. It even makes sure that it still holds the
/// lock before it writes.
/// </summary>
internal sealed class Depositor(
    ILockClient locks, string key, BankContext bank, bool withFence, bool renews, Action<string> tell)
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    /// <param name="amount">What to add.</param>
    /// <param name="beforeWriting">What happens between the last look at the lock and the write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DepositAsync(int amount, Func<ILockHandle, Task> beforeWriting, CancellationToken cancellationToken)
    {
        while (!await TryDepositAsync(amount, beforeWriting, cancellationToken))
            tell("starts over, from the lock on");
    }

    /// <summary>Tells that a writer goes on that was suspended, or held up, after its last look at the lock.</summary>
    public void TellAwakening(ILockHandle held) => tell(
        $"wakes up. Its handle says that the lock is {(held.IsHeld ? "held" : "lost")}, but it has looked already, so it writes");

    private async Task<bool> TryDepositAsync(int amount, Func<ILockHandle, Task> beforeWriting, CancellationToken cancellationToken)
    {
        tell("asks for the lock");
        await using var held = await locks.AcquireAsync(key, MaxWait, new LockOptions { Lease = Lease, AutoRenew = renews }, cancellationToken);
        tell($"has the lock, with fencing token {held.FencingToken}");
        try
        {
            await FenceAsync(held.FencingToken, cancellationToken);
            var before = await bank.BalanceAsync(cancellationToken);
            var after = before + amount;
            if (!held.IsHeld)
            {
                tell("was too slow: its lease has ended, so it does not write");
                return false;
            }

            tell($"has read {before}, still holds the lock, and is about to write {after}");
            await beforeWriting(held);
            await WriteAsync(after, held.FencingToken, cancellationToken);
            tell($"has written {after}");
            return true;
        }
        catch (StaleFencingTokenException stale)
        {
            tell($"is REFUSED by the account, which has seen token {stale.HighestToken}");
            return false;
        }
    }

    /// <summary>From here on no earlier holder can write, so what is read next stays true until this one writes.</summary>
    private async Task FenceAsync(long fencingToken, CancellationToken cancellationToken)
    {
        if (withFence)
            await bank.Account.ExecuteFencedUpdateAsync(account => account.Fence, fencingToken, cancellationToken: cancellationToken);
    }

    private Task<int> WriteAsync(int balance, long fencingToken, CancellationToken cancellationToken) => withFence
        ? bank.Account.ExecuteFencedUpdateAsync(
            account => account.Fence, fencingToken, set => set.SetProperty(account => account.Balance, balance), cancellationToken)
        : bank.Account.ExecuteUpdateAsync(set => set.SetProperty(account => account.Balance, balance), cancellationToken);
}
