using System.Runtime.CompilerServices;

namespace Locks.TestKit;

/// <summary>Polls a condition that other threads bring about. The limit (60 s) only keeps a broken test from hanging.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Short at first, since most conditions hold soon; longer later, since polling a server takes processor time from what is waited for.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until a condition holds.</summary>
    public static Task HoldsAsync(
        Func<bool> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        HoldsAsync(() => Task.FromResult(condition()), limit, what);

    /// <summary>Waits until a condition holds that takes a query; the pauses between queries that take much are given.</summary>
    public static async Task HoldsAsync(
        Func<Task<bool>> condition,
        TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(condition))] string? what = null,
        TimeSpan? pauses = null)
    {
        var most = limit ?? Limit;
        var start = TimeProvider.System.GetTimestamp();
        var pause = pauses ?? FirstPause;
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > most)
                throw new TimeoutException($"After {most.TotalSeconds} s there is still no: {what}");
            await Task.Delay(pause, TimeProvider.System);
            pause = pauses ?? (pause * 1.5 is var longer && longer < LongestPause ? longer : LongestPause);
        }
    }

    /// <summary>Waits until a token fires.</summary>
    public static Task FiresAsync(CancellationToken token) => HoldsAsync(() => token.IsCancellationRequested);

    /// <summary>Waits for a task, for at most 60 s.</summary>
    public static Task<T> Within<T>(this Task<T> task) =>
        task.WaitAsync(Limit, TimeProvider.System);

    /// <summary>Waits for a task, for at most 60 s.</summary>
    public static Task Within(this Task task) =>
        task.WaitAsync(Limit, TimeProvider.System);
}
