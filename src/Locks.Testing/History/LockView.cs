using System.Text;

namespace Locks.Testing;

/// <summary>A lock as the coordinator has stored it, and how it came to be so.</summary>
/// <param name="Key">The lock.</param>
/// <param name="Holder">Its holder; absent when it is free.</param>
/// <param name="Waiters">Who waits for it, in the order in which they are granted.</param>
/// <param name="History">What has happened to it so far.</param>
public sealed record LockView(string Key, LockHolder? Holder, IReadOnlyList<string> Waiters, IReadOnlyList<LockEvent> History)
{
    private const int EventsShown = 20;

    /// <summary>The fencing tokens in the order of their grants.</summary>
    public IEnumerable<long> FencingTokens => OfKind(LockEventKind.Acquired).Select(grant => grant.FencingToken!.Value);

    /// <summary>What of one kind has happened so far.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="owner">By whom; by any owner when absent.</param>
    public IEnumerable<LockEvent> OfKind(LockEventKind kind, string? owner = null) =>
        History.Where(entry => entry.Kind == kind && (owner is null || entry.Owner == owner));

    /// <summary>The lock in words, and the last of its history.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"The lock '{Key}' is ").Append(Holder?.ToString() ?? "free");
        text.Append(Waiters.Count == 0 ? "; no waiters." : $"; {Waiters.Count} wait: '{string.Join("', '", Waiters)}'.");
        if (History.Count == 0)
            return text.Append(" Nothing has happened to it.").ToString();

        text.Append(History.Count > EventsShown ? $" The last {EventsShown} of {History.Count} events:" : " What has happened to it:");
        return text.Append('\n').AppendJoin('\n', History.TakeLast(EventsShown).Select(entry => $"  {entry}")).ToString();
    }
}

/// <summary>Who holds a lock.</summary>
/// <param name="Owner">The owner that was named in the request.</param>
/// <param name="FencingToken">The grant's fencing token.</param>
/// <param name="ExpiresAt">When the lease ends unless it is renewed, by the test's time.</param>
/// <param name="IsCooling">Whether the holder has released the lock already, and its cooldown lasts.</param>
public sealed record LockHolder(string Owner, long FencingToken, DateTimeOffset ExpiresAt, bool IsCooling)
{
    /// <summary>The holder in words.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{(IsCooling ? "cooling after its release" : "held")} by '{Owner}', fencing token {FencingToken}, until {ExpiresAt:HH:mm:ss.fff}");
}
