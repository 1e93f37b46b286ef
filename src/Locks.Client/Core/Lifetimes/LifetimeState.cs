using Locks.Client.Core.Holding;

namespace Locks.Client.Core.Lifetimes;

internal static class LifetimeState
{
    /// <summary>A loss comes before a release: whoever gives back what it had lost is still to know that it had.</summary>
    public static LockHandleState StateOf(this ILifetime lifetime, Release release) =>
        lifetime.Loss is not null ? LockHandleState.Lost
        : release.State is { } released ? released
        : lifetime.IsAtRisk ? LockHandleState.AtRisk
        : LockHandleState.Held;
}
