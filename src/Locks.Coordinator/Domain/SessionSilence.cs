using Locks.Contracts;

namespace Locks.Coordinator.Domain;

/// <summary>When a client's session was heard last, and how often it announced to be heard.</summary>
/// <param name="HeardAt">When, on the coordinator's monotonic clock.</param>
/// <param name="Interval">The interval of its heartbeat.</param>
internal readonly record struct SessionHeard(TimeSpan HeardAt, TimeSpan Interval);

/// <summary>
/// What the coordinator has heard of clients' sessions, as data for one decision. A session is silent when nothing was heard of it for three
/// of its heartbeat intervals, up to the moment until which the coordinator is known to have heard everything.
/// </summary>
/// <param name="Now">The moment of the decision, on the coordinator's monotonic clock.</param>
/// <param name="UtcNow">The same moment by the store's clock, which the waiters' times are in.</param>
/// <param name="HeardUntil">Until when everything was heard. Absent when nothing is known: then no session is silent.</param>
/// <param name="ListeningSince">Since when the coordinator has been listening without a gap.</param>
/// <param name="Sessions">The sessions that were heard lately.</param>
/// <param name="FormerSessions">The sessions that were heard before those.</param>
internal readonly record struct SessionSilence(
    TimeSpan Now,
    DateTimeOffset UtcNow,
    TimeSpan? HeardUntil,
    TimeSpan ListeningSince,
    IReadOnlyDictionary<string, SessionHeard> Sessions,
    IReadOnlyDictionary<string, SessionHeard> FormerSessions)
{
    /// <summary>How many heartbeats of a session may be missing.</summary>
    public const int MissedHeartbeats = 3;

    /// <summary>
    /// Whether a waiter's session is silent. A waiter without a session never is, nor one that entered the queue within the last three intervals.
    /// </summary>
    public bool IsSilent(Waiter waiter)
    {
        if (HeardUntil is not { } heardUntil || waiter.ClientId is not { } clientId)
            return false;

        var queuedAt = Now - (UtcNow - waiter.QueuedAt);
        var heard = Sessions.TryGetValue(clientId, out var session) || FormerSessions.TryGetValue(clientId, out session)
            ? session
            : new SessionHeard(queuedAt, LockLimits.MaxAliveInterval);
        var last = Latest(Latest(ListeningSince, queuedAt), heard.HeardAt);
        return heardUntil - last > MissedHeartbeats * heard.Interval;
    }

    private static TimeSpan Latest(TimeSpan x, TimeSpan y) => x > y ? x : y;
}
