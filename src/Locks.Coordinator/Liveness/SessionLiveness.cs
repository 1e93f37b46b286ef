using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Domain;
using Microsoft.Extensions.Logging;

namespace Locks.Coordinator.Liveness;

/// <summary>
/// What this coordinator has heard of clients' sessions, in its memory alone: every coordinator listens for itself. A session is silent when
/// nothing was heard of it for three of its intervals.
/// </summary>
/// <remarks>
/// A coordinator that was suspended, cut off or is late with reading has heard nothing of anybody. So silence is not measured up to now but up to
/// the last note that the coordinator has sent itself through the queue in which the signs of life come, and has found there: what clients had sent before
/// that has been read by then. Where notes have been missing it has listened anew since.
/// </remarks>
public sealed class SessionLiveness
{
    private const int MissedSigns = 3;
    private const int MostSessions = 100_000;

    private static readonly TimeSpan NoteInterval = TimeSpan.FromSeconds(1);
    // What a sign needs to get here is not in it.
    private static readonly TimeSpan LongestWay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = LockLimits.MaxAliveInterval * 2;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly Lock _gate = new();
    private Dictionary<string, Session> _young = [];
    private Dictionary<string, Session> _old = [];
    private TimeSpan _turnedAt;
    private TimeSpan? _noteSentAt;
    private TimeSpan? _heardUntil;
    private TimeSpan _listensSince;

    /// <summary>Has heard nothing yet.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of waiters that are passed over.</param>
    public SessionLiveness(TimeProvider time, ILogger<SessionLiveness> logger)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _logger = logger;
        _start = time.GetTimestamp();
    }

    /// <summary>Sends a note to this coordinator through the queue in which it hears the clients; nothing until it listens.</summary>
    internal Action<TimeSpan>? SendWatermark { get; set; }

    /// <summary>How many sessions it remembers.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
                return _young.Keys.Union(_old.Keys).Count();
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Whether a waiter's session is taken for dead. One without a session never is, nor one that came in the last three intervals.</summary>
    public bool IsSilent(Waiter waiter)
    {
        ArgumentNullException.ThrowIfNull(waiter);
        if (waiter.ClientId is not { } clientId)
            return false;

        var now = Now;
        LivenessWatermark(now);
        var cameAt = now - (_time.GetUtcNow() - waiter.QueuedAt);
        lock (_gate)
        {
            var session = Find_NeedsGate(clientId);
            var last = Latest(Latest(_listensSince, cameAt), session?.HeardAt ?? cameAt);
            return _heardUntil - last > MissedSigns * (session?.Interval ?? LockLimits.MaxAliveInterval);
        }
    }

    /// <summary>A client has asked for a lock, and so is alive.</summary>
    internal void Hear(string clientId)
    {
        lock (_gate)
            Touch_NeedsGate(clientId, Now);
    }

    /// <summary>A client says that it is alive.</summary>
    /// <returns>
    /// Whether to have it ask again: it says so for the first time, and has been waiting since before this coordinator ran, whose store
    /// may be its memory.
    /// </returns>
    internal bool Hear(ClientAlive sign)
    {
        var now = Now;
        LivenessWatermark(now);
        lock (_gate)
        {
            var session = Touch_NeedsGate(sign.ClientId, now);
            session.Interval = sign.Interval ?? LockLimits.MaxAliveInterval;
            var isFirst = !session.IsIntroduced;
            session.IsIntroduced = true;
            return isFirst && !(sign.Waiting + LongestWay < now);
        }
    }

    /// <summary>Counts and tells who was passed over. Once more when the decision meets a conflict and is made again.</summary>
    internal void Observe(Decision decision)
    {
        Waiter? first = null;
        var count = 0;
        foreach (var outcome in decision.Outcomes)
        {
            if (outcome is not Outcome.PassedOver { Waiter: var waiter })
                continue;
            first ??= waiter;
            count++;
        }

        if (first is null)
            return;
        CoordinatorMeter.CountPassedOver(count);
        _logger.PassedOverSilent(count, decision.After.Key, first.Owner, first.ClientId);
    }

    /// <summary>A note of this coordinator to itself has arrived.</summary>
    internal void ObserveWatermark(TimeSpan sentAt)
    {
        lock (_gate)
        {
            if (_heardUntil is not { } before || sentAt - before > LongestPause)
                _listensSince = sentAt;
            _heardUntil = sentAt;
        }
    }

    /// <summary>Often enough while there is anything to be told apart, and not at all otherwise.</summary>
    private void LivenessWatermark(TimeSpan now)
    {
        lock (_gate)
        {
            if (now - _noteSentAt < NoteInterval)
                return;
            _noteSentAt = now;
        }

        SendWatermark?.Invoke(now);
    }

    private Session? Find_NeedsGate(string clientId) => _young.GetValueOrDefault(clientId) ?? _old.GetValueOrDefault(clientId);

    private Session Touch_NeedsGate(string clientId, TimeSpan now)
    {
        if (now - _turnedAt >= Memory || _young.Count >= MostSessions / 2)
            Forget_NeedsGate(now);

        if (!_young.TryGetValue(clientId, out var session))
            _young.Add(clientId, session = _old.GetValueOrDefault(clientId) ?? new Session());
        session.HeardAt = now;
        return session;
    }

    /// <summary>Forgets of whom nothing was heard in the last generation. If that was short, some may be alive: then it has to listen anew.</summary>
    private void Forget_NeedsGate(TimeSpan now)
    {
        if (now - _turnedAt < LockLimits.MaxAliveInterval * MissedSigns)
            _listensSince = now;
        (_old, _young, _turnedAt) = (_young, [], now);
    }

    private static TimeSpan Latest(TimeSpan x, TimeSpan y) => x > y ? x : y;

    private sealed class Session
    {
        public TimeSpan HeardAt { get; set; }

        public TimeSpan Interval { get; set; } = LockLimits.MaxAliveInterval;

        public bool IsIntroduced { get; set; }
    }
}
