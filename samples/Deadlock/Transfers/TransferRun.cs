using Locks.Client;
using Locks.Contracts;

namespace Deadlocks.Transfers;

/// <summary>Both workers transfer at the same time: first in the way that deadlocks, then in the way that does not.</summary>
internal sealed class TransferRun
{
    private const int Rounds = 2;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);

    private readonly ILockClient _locks;
    private readonly TimeProvider _time;
    private readonly Accounts _accounts = new();
    private readonly Worker _worker1;
    private readonly Worker _worker2;

    private TransferRun(ILockClient locks, string run, TimeProvider time)
    {
        (_locks, _time) = (locks, time);
        _worker1 = new Worker("worker 1", "blue", "green", locks, _accounts, run);
        _worker2 = new Worker("worker 2", "green", "blue", locks, _accounts, run);
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ILockClient locks, string run, TimeProvider time, CancellationToken cancellationToken)
    {
        var transfers = new TransferRun(locks, run, time);
        Console.WriteLine("worker 1 transfers from blue to green, worker 2 from green to blue, at the same time.");
        Console.WriteLine("First, each acquires the lock of the one account, and then that of the other.");
        var oneByOne = await transfers.MeasureAsync("one by one", transfers.OneByOneAsync, cancellationToken);
        Console.WriteLine("Then, each acquires both locks together (AcquireAllAsync).");
        var together = await transfers.MeasureAsync("together", transfers.TogetherAsync, cancellationToken);
        return OutcomeView.Show(oneByOne, together, transfers._accounts.Total);
    }

    private async Task<Outcome> MeasureAsync(string how, Func<CancellationToken, Task<int>> round, CancellationToken cancellationToken)
    {
        var (start, deadlocks) = (_time.GetTimestamp(), 0);
        for (var number = 0; number < Rounds; number++)
            deadlocks += await round(cancellationToken);
        return new Outcome(how, 2 * Rounds, deadlocks, _time.GetElapsedTime(start));
    }

    private async Task<int> OneByOneAsync(CancellationToken cancellationToken)
    {
        var holding = 0;
        var bothHold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var transfers = Task.WhenAll(
            _worker1.TransferOneByOneAsync(HoldsFirst, cancellationToken), _worker2.TransferOneByOneAsync(HoldsFirst, cancellationToken));
        await ShowDeadlockAsync(transfers, cancellationToken);
        return (await transfers).Sum();

        Task HoldsFirst()
        {
            if (Interlocked.Increment(ref holding) == 2)
                bothHold.SetResult();
            return bothHold.Task;
        }
    }

    private async Task<int> TogetherAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_worker1.TransferTogetherAsync(cancellationToken), _worker2.TransferTogetherAsync(cancellationToken));
        return 0;
    }

    /// <summary>Asks the coordinator who waits for whom, as a dashboard does, until it has an answer or the transfers are done.</summary>
    private async Task ShowDeadlockAsync(Task transfers, CancellationToken cancellationToken)
    {
        while (!transfers.IsCompleted)
        {
            var graph = await _locks.Inspector.DescribeWaitForGraphAsync(cancellationToken);
            if (graph.Deadlocks is [var deadlock, ..])
            {
                Console.WriteLine($"  deadlock: {string.Join(", and ", deadlock.Cycle.Select(Describe))}");
                return;
            }

            await Task.Delay(Glance, _time, cancellationToken);
        }
    }

    private static string Describe(BlockedWait wait) => $"{wait.Waiter.Owner} waits for {wait.Key.Split(':')[^1]} of {wait.Holder.Owner}";
}
