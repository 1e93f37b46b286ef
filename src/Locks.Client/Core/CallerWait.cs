using Locks.Contracts;

namespace Locks.Client.Core;

/// <summary>
/// How long a caller waits: not at all (zero), for a time, or without limit (<see cref="Timeout.InfiniteTimeSpan"/>). A request waits for
/// 24 h at most.
/// </summary>
internal static class CallerWait
{
    /// <summary>Checks a wait: absent, zero, infinite, or 1 ms to 24 h.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? Check(TimeSpan? wait)
    {
        if (wait == TimeSpan.Zero || wait == Timeout.InfiniteTimeSpan || LockLimits.CheckWait(wait) is null)
            return null;

        var problem = $"is {wait:c}; it must be between {LockLimits.MinWait:c} and {LockLimits.MaxWait:c}, or zero, or infinite";
        return new ValidationError("Wait", problem) { IsOutOfRange = true };
    }
}
