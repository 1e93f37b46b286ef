using Locks.Client;
using Locks.Contracts;

namespace Deadlocks.Transfers;

/// <summary>
/// Transfers from one account to the other. Its name is the owner of its locks: the unit of work that holds one lock while it waits for another.
/// </summary>
internal sealed class Worker(string name, string from, string to, ILockClient locks, Accounts accounts, string run)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    private readonly LockOptions _options = new() { Owner = name };

    /// <summary>Acquires one lock, and then the other. Begins again when the coordinator ends a deadlock at its cost.</summary>
    /// <param name="holdsFirst">
    /// Told that the first lock is held, and completes when the other worker holds its own: so the deadlock is certain, which in life is bad luck.
    /// </param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How often it began again.</returns>
    public async Task<int> TransferOneByOneAsync(Func<Task> holdsFirst, CancellationToken cancellationToken)
    {
        for (var deadlocks = 0; ; deadlocks++)
        {
            await using var first = await locks.AcquireAsync(KeyOf(from), MaxWait, _options, cancellationToken);
            if (deadlocks == 0)
                await holdsFirst();
            try
            {
                await using var second = await locks.AcquireAsync(KeyOf(to), MaxWait, _options, cancellationToken);
                accounts.Transfer(from, to, amount: 10);
                return deadlocks;
            }
            catch (LockRefusedException refused) when (refused.Reason == DenyReasons.Deadlock)
            {
                Console.WriteLine($"  {name} is denied {to}, releases {from}, and begins again");
            }
        }
    }

    /// <summary>Acquires both locks as a set: all or none, and a lock that is busy is waited for while none behind it is held.</summary>
    public async Task TransferTogetherAsync(CancellationToken cancellationToken)
    {
        await using var both = await locks.AcquireAllAsync([KeyOf(from), KeyOf(to)], MaxWait, _options, cancellationToken);
        accounts.Transfer(from, to, amount: 10);
    }

    private string KeyOf(string account) => $"deadlock:{run}:{account}";
}
