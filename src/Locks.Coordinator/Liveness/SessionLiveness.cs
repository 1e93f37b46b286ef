using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;

namespace Locks.Coordinator.Liveness;

/// <summary>
/// What this coordinator has heard of clients' sessions, in its memory alone: every coordinator listens for itself. The rules get it as data
/// (<see cref="SessionSilence"/>), and decide which session is silent.
/// </summary>
/// <remarks>
/// A coordinator that was suspended, cut off or is late with reading has heard nothing of any session. So silence is not measured up to now but
/// up to the last watermark: a message that the coordinator sends to itself through the queue in which the heartbeats arrive. What clients had
/// sent before the watermark has been read when it arrives. Where watermarks were missing, the coordinator has listened anew since.
/// </remarks>
internal sealed class SessionLiveness : ICommitObserver
{
    private const int MaxSessions = 100_000;

    private static readonly TimeSpan WatermarkInterval = TimeSpan.FromSeconds(1);

    // The time that a heartbeat takes to arrive is not in it.
    private static readonly TimeSpan MaxTransit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxGap = LockLimits.MaxAliveInterval * 2;
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(5);

    private readonly TimeProvider _time;
    private readonly CoordinatorClock _clock;
    private readonly long _start;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _introduced = [];
    private ConcurrentDictionary<string, SessionHeard> _sessions = [];
    private ConcurrentDictionary<string, SessionHeard> _formerSessions = [];

    // The size of _sessions, which the dictionary itself only tells after taking all of its locks.
    private int _count;
    private TimeSpan _turnedAt;
    private TimeSpan? _watermarkSentAt;
    private TimeSpan? _heardUntil;
    private TimeSpan _listeningSince;

    /// <param name="time">The machine's clocks, of which the monotonic one counts.</param>
    /// <param name="clock">The time that the waiters' times are in.</param>
    public SessionLiveness(TimeProvider time, CoordinatorClock clock)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _clock = clock;
        _start = time.GetTimestamp();
    }

    /// <summary>Sends a watermark to this coordinator. Absent until it listens.</summary>
    public Action<TimeSpan>? SendWatermark { get; set; }

    /// <summary>What is known now, as data for one decision.</summary>
    public SessionSilence Silence
    {
        get
        {
            lock (_gate)
                return new SessionSilence(Now, _clock.Now, _heardUntil, _listeningSince, _sessions, _formerSessions);
        }
    }

    /// <summary>How many sessions are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _sessions.Keys.Union(_formerSessions.Keys).Count();
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>A client has asked for a lock, and so is alive.</summary>
    public void Hear(string clientId)
    {
        lock (_gate)
            Touch_NeedsGate(clientId, Now, interval: null);
    }

    /// <summary>A client's heartbeat has arrived.</summary>
    /// <returns>
    /// Whether the client should send its waiting acquires again: its first heartbeat here says that it has been waiting since before this
    /// coordinator ran, whose store may be its memory.
    /// </returns>
    public bool Hear(ClientAlive heartbeat)
    {
        var now = Now;
        RequestWatermark(now);
        lock (_gate)
        {
            Touch_NeedsGate(heartbeat.ClientId, now, heartbeat.Interval ?? LockLimits.MaxAliveInterval);
            return _introduced.Add(heartbeat.ClientId) && !(heartbeat.Waiting + MaxTransit < now);
        }
    }

    /// <summary>A watermark of this coordinator has arrived.</summary>
    public void ObserveWatermark(TimeSpan sentAt)
    {
        lock (_gate)
        {
            if (_heardUntil is not { } before || sentAt - before > MaxGap)
                _listeningSince = sentAt;
            _heardUntil = sentAt;
        }
    }

    /// <summary>Requests a watermark while sessions wait: the next decision on their locks may need it.</summary>
    public void OnCommitted(IReadOnlyList<Decision> decisions)
    {
        foreach (var decision in decisions)
        {
            if (decision.Before.Waiters.Head?.ClientId is not null)
            {
                RequestWatermark(Now);
                return;
            }
        }
    }

    /// <summary>Often enough while there is anything to be told apart, and not at all otherwise.</summary>
    private void RequestWatermark(TimeSpan now)
    {
        lock (_gate)
        {
            if (now - _watermarkSentAt < WatermarkInterval)
                return;

            _watermarkSentAt = now;
        }

        SendWatermark?.Invoke(now);
    }

    private void Touch_NeedsGate(string clientId, TimeSpan now, TimeSpan? interval)
    {
        if (now - _turnedAt >= Memory || _count >= MaxSessions / 2)
            Forget_NeedsGate(now);

        var isNew = !_sessions.TryGetValue(clientId, out var session);
        var known = !isNew || _formerSessions.TryGetValue(clientId, out session);
        if (isNew)
            _count++;
        _sessions[clientId] = new SessionHeard(now, interval ?? (known ? session.Interval : LockLimits.MaxAliveInterval));
    }

    /// <summary>
    /// Forgets the sessions that were not heard in the last generation. If that was short, some may be alive: then the coordinator has to
    /// listen anew.
    /// </summary>
    private void Forget_NeedsGate(TimeSpan now)
    {
        if (now - _turnedAt < LockLimits.MaxAliveInterval * SessionSilence.MissedHeartbeats)
            _listeningSince = now;
        (_formerSessions, _sessions, _count, _turnedAt) = (_sessions, [], 0, now);
        _introduced.IntersectWith(_formerSessions.Keys);
    }
}
