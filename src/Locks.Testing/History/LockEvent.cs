using System.Globalization;

namespace Locks.Testing;

/// <summary>What happens to locks.</summary>
public enum LockEventKind
{
    /// <summary>An attempt was granted the lock.</summary>
    Acquired,

    /// <summary>An attempt was told that it gets no lock: it is busy, too many wait, or it was not granted in time.</summary>
    Denied,

    /// <summary>An attempt was queued.</summary>
    Queued,

    /// <summary>A waiter gave up before it was granted.</summary>
    GaveUp,

    /// <summary>The holder extended its lease; a holder that waited in the queue does so once at the beginning.</summary>
    Renewed,

    /// <summary>The holder released the lock.</summary>
    Released,

    /// <summary>The holder's lease ended.</summary>
    Expired,

    /// <summary>The lock was taken from its holder.</summary>
    Revoked,
}

/// <summary>One thing that happened to a lock, in the order in which the coordinator stored it.</summary>
/// <param name="At">When, by the test's time.</param>
/// <param name="Key">The lock.</param>
/// <param name="Kind">What.</param>
/// <param name="Owner">Who held, wanted or lost the lock; absent where the coordinator does not know.</param>
/// <param name="FencingToken">The grant that it was about; absent for those that had none.</param>
/// <param name="Detail">More, for people.</param>
public sealed record LockEvent(
    DateTimeOffset At, string Key, LockEventKind Kind, string? Owner, long? FencingToken = null, string? Detail = null)
{
    /// <summary>One line of the history.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{At:HH:mm:ss.fff} {Kind} by '{Owner ?? "?"}'")
        + (FencingToken is { } fence ? string.Create(CultureInfo.InvariantCulture, $", fencing token {fence}") : "")
        + (Detail is null ? "" : $", {Detail}");
}
