using Locks.Contracts;

namespace Locks.DistributedLock;

/// <summary>
/// How long a caller waits, as DistributedLock counts it: in whole milliseconds up to <see cref="int.MaxValue"/> (24.8 days), where -1
/// and an absent value mean for ever. A lock client waits for 24 h at most, or for ever, so a longer wait has several parts.
/// </summary>
internal static class CallerTimeout
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    /// <summary>Checks a timeout.</summary>
    /// <returns>The wait: zero, <see cref="Timeout.InfiniteTimeSpan"/>, or 1 ms to 24.8 days.</returns>
    /// <exception cref="ArgumentOutOfRangeException">It is none of these.</exception>
    public static TimeSpan Check(TimeSpan? timeout, string parameterName)
    {
        var milliseconds = (long)(timeout ?? Timeout.InfiniteTimeSpan).TotalMilliseconds;
        if (milliseconds is < Timeout.Infinite or > int.MaxValue)
        {
            throw new ArgumentOutOfRangeException(
                parameterName, timeout, $"The timeout is {timeout:c}; it must be between {TimeSpan.Zero:c} and {Longest:c}, or infinite.");
        }

        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>Whether a lock client can wait for it at once.</summary>
    public static bool IsInOnePart(TimeSpan wait) => wait <= LockLimits.MaxWait;

    /// <summary>The parts of a long wait, each as long as it may be when it is asked for. After each, the caller is at the queue's end.</summary>
    public static IEnumerable<TimeSpan> Parts(TimeSpan wait, TimeProvider time)
    {
        var begun = time.GetTimestamp();
        for (var left = wait; left >= LockLimits.MinWait; left = wait - time.GetElapsedTime(begun))
            yield return left < LockLimits.MaxWait ? left : LockLimits.MaxWait;
    }
}
