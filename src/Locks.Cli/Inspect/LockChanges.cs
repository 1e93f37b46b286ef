using Locks.Contracts;

namespace Locks.Cli.Inspect;

/// <summary>What has changed between two looks at the same locks.</summary>
internal static class LockChanges
{
    /// <summary>
    /// The locks that are new or differ in state, holder or waiters, as they are now; and those that are gone, as free. Ages alone are no
    /// change.
    /// </summary>
    public static IEnumerable<LockSummary> Between(
        IReadOnlyDictionary<string, LockSummary> before, IReadOnlyDictionary<string, LockSummary> now) =>
    [
        .. now.Values.Where(found => !before.TryGetValue(found.Key, out var earlier) || Essence(earlier) != Essence(found)),
        .. before.Keys.Where(key => !now.ContainsKey(key)).Select(gone => new LockSummary(gone, LockStates.Free, Holder: null, Waiters: 0)),
    ];

    private static (string, long?, int) Essence(LockSummary found) => (found.State, found.Holder?.FencingToken, found.Waiters);
}
