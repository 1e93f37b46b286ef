using System.Runtime.CompilerServices;

namespace Locks.TestKit;

/// <summary>Waits for a condition that other threads bring about. The limit only keeps a broken test from hanging.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until something holds.</summary>
    public static Task HoldsAsync(
        Func<bool> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        HoldsAsync(() => Task.FromResult(condition()), limit, what);

    /// <summary>Waits until something holds that takes asking.</summary>
    public static async Task HoldsAsync(
        Func<Task<bool>> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var most = limit ?? Limit;
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > most)
                throw new TimeoutException($"After {most.TotalSeconds} s there is still no: {what}");
            await Task.Delay(Pause, TimeProvider.System);
        }
    }

    /// <summary>Waits until a token fires.</summary>
    public static Task FiresAsync(CancellationToken token) => HoldsAsync(() => token.IsCancellationRequested);

    /// <summary>Waits for a task, but not for ever.</summary>
    public static Task<T> Within<T>(this Task<T> task) =>
        task.WaitAsync(Limit, TimeProvider.System);

    /// <summary>Waits for a task, but not for ever.</summary>
    public static Task Within(this Task task) =>
        task.WaitAsync(Limit, TimeProvider.System);
}
