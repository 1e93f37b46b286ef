using Locks.Client.Core.Holding;

namespace Locks.Client.Core.Lifetimes;

internal static class LifetimeState
{
    /// <summary>
    /// The state of a lock. A loss goes before a release: a holder that releases a lost lock must still see that it was lost.
    /// </summary>
    public static LockHandleState StateOf(this ILifetime lifetime, Release release) =>
        lifetime.Loss is not null ? LockHandleState.Lost
        : release.State is { } released ? released
        : lifetime.IsAtRisk ? LockHandleState.AtRisk
        : LockHandleState.Held;
}
