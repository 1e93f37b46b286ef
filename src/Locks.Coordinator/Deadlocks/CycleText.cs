using System.Text;
using Locks.Contracts;

namespace Locks.Coordinator.Deadlocks;

/// <summary>Tells a cycle in words, for a log and for the caller that is denied.</summary>
internal static class CycleText
{
    private const int MaxWaits = 20;

    /// <summary>Such as <c>'a' waits for 'k2', held by 'b', which waits for 'k1', held by 'a'</c>.</summary>
    public static string Of(Cycle cycle)
    {
        var text = new StringBuilder(NameOf(cycle.Waits[0].Waiter));
        foreach (var (place, wait) in cycle.Waits.Take(MaxWaits).Index())
            text.Append(place == 0 ? " waits for '" : ", which waits for '").Append(wait.Key).Append("', held by ").Append(NameOf(wait.Holder));
        if (cycle.Waits.Count > MaxWaits)
            text.Append(", and so on through ").Append(cycle.Waits.Count - MaxWaits).Append(" more");
        return text.ToString();
    }

    /// <summary>The same, no longer than a reason may be.</summary>
    public static string ReasonOf(Cycle cycle)
    {
        const string More = "…";
        var text = $"deadlock: {Of(cycle)}";
        if (Encoding.UTF8.GetByteCount(text) <= LockLimits.MaxReasonBytes)
            return text;

        var room = LockLimits.MaxReasonBytes - Encoding.UTF8.GetByteCount(More);
        Encoding.UTF8.GetEncoder().Convert(text, new byte[room], flush: false, out var taken, out _, out _);
        return text[..taken] + More;
    }

    private static string NameOf(Contender contender) =>
        contender.LeaseFingerprint is { } lease ? $"'{contender.Owner}' (lease {lease})" : $"'{contender.Owner}'";
}
