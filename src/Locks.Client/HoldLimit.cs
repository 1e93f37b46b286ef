using Locks.Contracts;

namespace Locks.Client;

/// <summary>How long a lock or a shared lease may be held at most.</summary>
internal static class HoldLimit
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Checks a limit: the lease to 30 days.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static ValidationError? Check(TimeSpan limit, TimeSpan lease) => limit >= lease && limit <= Longest
        ? null
        : new ValidationError(
            nameof(LockOptions.MaxHold), $"is {limit:c}; it must be between the lease, which is {lease:c}, and {Longest:c}")
        { IsOutOfRange = true };
}
