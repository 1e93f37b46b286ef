using System.Runtime.CompilerServices;

namespace Locks.Compliance;

/// <summary>Waits for conditions instead of sleeping.</summary>
public static class Eventually
{
    /// <summary>How long a condition may take on a slow, busy machine before it counts as never.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Waits until a condition holds.</summary>
    public static async Task HoldsAsync(
        Func<Task<bool>> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        while (!await condition())
        {
            if (time.GetElapsedTime(started) > (limit ?? Limit))
                throw new TimeoutException($"Did not come true within {limit ?? Limit}: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), time);
        }
    }

    /// <summary>Waits until a condition holds.</summary>
    public static Task HoldsAsync(
        Func<bool> condition, TimeSpan? limit = null, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        HoldsAsync(() => Task.FromResult(condition()), limit, what);

    /// <summary>Waits until a token fires.</summary>
    public static Task FiresAsync(CancellationToken token) => HoldsAsync(() => token.IsCancellationRequested);
}
