namespace Locks.Verification.Clients;

/// <summary>
/// A caller that uses one lock time and again, as an application does: looks before it writes, and releases. It wants that lock alone, so
/// that one that is stuck keeps no caller from the others.
/// </summary>
internal sealed class LoadCaller(RecordingClient client, string key, Random random)
{
    /// <summary>The lease of every lock under load.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private static readonly TimeProvider Time = TimeProvider.System;

    /// <summary>The keys that callers want, in turn.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. Enumerable.Range(0, 4).Select(index => $"key-{index}")];

    /// <summary>The longest wait of a caller.</summary>
    public static TimeSpan LongestWait { get; } = TimeSpan.FromSeconds(4);

    /// <summary>Uses locks until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            TimeSpan? wait = random.Next(6) == 0 ? null : Between(1_000, LongestWait.TotalMilliseconds);
            var hold = await client.AcquireAsync(key, Lease, wait, autoRenew: random.Next(3) == 0, stopping);
            if (hold is not null)
                await UseAsync(hold);
            await PauseAsync(10, 40);
        }
    }

    private async Task UseAsync(RecordedHold hold)
    {
        for (var turns = random.Next(1, 3); turns > 0; turns--)
        {
            await PauseAsync(20, 50);
            if (hold.Look())
                await hold.WriteAsync();
        }

        if (random.Next(8) == 0)
            await hold.RenewAsync();
        hold.Look();
        await hold.ReleaseAsync();
    }

    private Task PauseAsync(double least, double most) => Task.Delay(Between(least, most), Time);

    private TimeSpan Between(double least, double most) => TimeSpan.FromMilliseconds(least + (random.NextDouble() * (most - least)));
}
