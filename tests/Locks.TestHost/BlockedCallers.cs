using Locks.Client;

namespace Locks.TestHost;

/// <summary>
/// Runs many synchronous callers at once, each on a pool thread of its own, in a pool that starts small. Measures how long a timer beside them
/// waits for a pool thread.
/// </summary>
internal sealed class BlockedCallers(IDistributedLock locks, int callers, int keys, int minThreads)
{
    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Expiry = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly int[] _inside = new int[keys];
    private int _overlaps;
    private int _finished;
    private int _mostThreads;
    private TimeSpan _worstGap;

    /// <summary>Runs all callers to their end.</summary>
    /// <returns>The figures, as name=value pairs.</returns>
    public async Task<string> RunAsync()
    {
        // The first lock connects the client; the measurement excludes that.
        locks.UsingToken("first", Expiry).Dispose();
        var changed = await ChangeMinThreadsWhileBlockedAsync(minThreads + 5);
        SetMinThreads(minThreads);

        using var end = new CancellationTokenSource();
        var start = _time.GetTimestamp();
        var heart = BeatAsync(end.Token);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(number => Task.Run(() => Call(number % keys))));
        var took = _time.GetElapsedTime(start);
        await end.CancelAsync();
        await heart;
        return FormattableString.Invariant($"finished={_finished} overlaps={_overlaps} seconds={took.TotalSeconds:F1} ")
            + FormattableString.Invariant($"worstGapMs={_worstGap.TotalMilliseconds:F0} mostThreads={_mostThreads} minThreads={MinThreads()} changed={changed}");
    }

    private static int MinThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out _);
        return workers;
    }

    private static void SetMinThreads(int workers)
    {
        ThreadPool.GetMinThreads(out _, out var ports);
        ThreadPool.SetMinThreads(workers, ports);
    }

    /// <summary>Sets the pool's minimum while a caller is blocked, as an application may.</summary>
    /// <returns>The minimum after the caller has returned.</returns>
    private async Task<int> ChangeMinThreadsWhileBlockedAsync(int workers)
    {
        var before = MinThreads();
        var token = await locks.UsingTokenAsync("changed", Expiry);
        var waiting = Task.Run(() => locks.AwaitLock("changed", Expiry, LongWait).Dispose());
        while (MinThreads() == before)
            await Task.Delay(Beat, _time);

        SetMinThreads(workers);
        await token.DisposeAsync();
        await waiting;
        return MinThreads();
    }

    private void Call(int key)
    {
        using (locks.AwaitLock($"key {key}", Expiry, LongWait))
        {
            if (Interlocked.Increment(ref _inside[key]) != 1)
                Interlocked.Increment(ref _overlaps);
            Thread.Yield();
            Interlocked.Decrement(ref _inside[key]);
        }

        Interlocked.Increment(ref _finished);
    }

    /// <summary>Measures how long work that has nothing to do with locks waits for a pool thread.</summary>
    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var start = _time.GetTimestamp();
            await Task.Delay(Beat, _time, CancellationToken.None);
            await Task.Yield();
            var gap = _time.GetElapsedTime(start) - Beat;
            _worstGap = gap > _worstGap ? gap : _worstGap;
            _mostThreads = Math.Max(_mostThreads, ThreadPool.ThreadCount);
        }
    }
}
