using System.Runtime.CompilerServices;

namespace Locks.TestKit;

/// <summary>Waits for a condition that other threads bring about. The limit only keeps a broken test from hanging.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Waits until something holds.</summary>
    public static Task HoldsAsync(
        Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        HoldsAsync(() => Task.FromResult(condition()), what);

    /// <summary>Waits until something holds that takes asking.</summary>
    public static async Task HoldsAsync(
        Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > Limit)
                throw new TimeoutException($"After {Limit.TotalSeconds} s there is still no: {what}");
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
