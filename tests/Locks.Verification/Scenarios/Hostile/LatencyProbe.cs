using System.Globalization;
using Locks.Client;

namespace Locks.Verification.Scenarios.Hostile;

/// <summary>Acquires locks that are free, one after the other, and measures how long that takes.</summary>
internal sealed class LatencyProbe(ILockClient client)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(10);

    private int _keys;

    /// <summary>Measures for some time.</summary>
    public async Task<Latency> RunAsync(TimeSpan time)
    {
        using var stop = new CancellationTokenSource(time, TimeProvider.System);
        var measured = new List<TimeSpan>();
        while (!stop.IsCancellationRequested)
        {
            var begun = TimeProvider.System.GetTimestamp();
            await using (await client.AcquireAsync($"probe/{++_keys}", TimeSpan.Zero, new LockOptions()))
                measured.Add(TimeProvider.System.GetElapsedTime(begun));
            await Task.Delay(Between, TimeProvider.System);
        }

        measured.Sort();
        return new Latency(measured.Count, measured[measured.Count / 2], measured[measured.Count * 99 / 100], measured[^1]);
    }

    /// <summary>How long the acquires took.</summary>
    internal sealed record Latency(int Count, TimeSpan Median, TimeSpan P99, TimeSpan Longest)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture,
            $"{Count} acquires, median {Median.TotalMilliseconds:0.0} ms, p99 {P99.TotalMilliseconds:0} ms, longest {Longest.TotalMilliseconds:0} ms");
    }
}
