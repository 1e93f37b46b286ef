namespace Locks.Client.Requests;

/// <summary>
/// Defers acquires of locks that a cohort of this client holds, and that the client will therefore release soon. An acquire that waits
/// can't be granted before that release, so it travels with it. Where another client is next in the queue, it is deferred until the release
/// is answered, and travels with what the cohort's last member requests next: the lock is not idle meanwhile, and attempts that arrive
/// together are granted together. Nothing is deferred while one member holds the lock for as long as a message takes, and nothing for long.
/// </summary>
internal sealed class HandoffBuffer(TimeProvider time)
{
    // Time for all members of a cohort and for the answer to the release.
    private const int MaxRoundTripsBehindOthers = 8;

    private readonly Dictionary<Guid, Handoff> _handoffs = [];

    /// <summary>How long the last batch took from sending to its decision.</summary>
    public TimeSpan RoundTrip { get; set; }

    /// <summary>Whether any command is deferred.</summary>
    public bool HasDeferred => _handoffs.Values.Any(handoff => handoff.Deferred.Count > 0);

    /// <summary>A member of a cohort now holds the lock.</summary>
    /// <param name="lockId">The lock.</param>
    /// <param name="othersWait">Whether another client is next in the lock's queue.</param>
    public void HandoffStarted(Guid lockId, bool othersWait)
    {
        if (!_handoffs.TryGetValue(lockId, out var handoff))
            _handoffs.Add(lockId, handoff = new Handoff());
        (handoff.StartedAt, handoff.OthersWait, handoff.IsReleasing) = (time.GetTimestamp(), othersWait, false);
    }

    /// <summary>Defers a command if it is an acquire that can wait for the release.</summary>
    /// <returns>Whether the command is deferred.</returns>
    public bool TryDefer(OutgoingCommand command)
    {
        if (command.Command.Acquire is not { Wait: not null } || !_handoffs.TryGetValue(command.LockId, out var handoff)
            || OutlastsRoundTrip(handoff))
            return false;

        if (handoff.Deferred.Count == 0)
            handoff.DeferredSince = time.GetTimestamp();
        handoff.Deferred.Add(command);
        return true;
    }

    /// <summary>The release of the lock is about to be sent.</summary>
    /// <returns>The deferred commands that travel with it.</returns>
    public IReadOnlyList<OutgoingCommand> ReleasePosted(Guid lockId)
    {
        if (!_handoffs.TryGetValue(lockId, out var handoff) || !handoff.OthersWait)
            return Remove(lockId);

        handoff.IsReleasing = true;
        return [];
    }

    /// <summary>The release of the lock was answered. The lock may have been granted to this client again before that.</summary>
    /// <returns>The commands that were deferred until then.</returns>
    public IReadOnlyList<OutgoingCommand> HandoffCompleted(Guid lockId) =>
        _handoffs.TryGetValue(lockId, out var handoff) && handoff.IsReleasing ? Remove(lockId) : [];

    /// <summary>The lock is lost.</summary>
    /// <returns>The commands that were deferred until its release.</returns>
    public IReadOnlyList<OutgoingCommand> HandoffAborted(Guid lockId) => Remove(lockId);

    /// <summary>Takes the commands that were deferred for too long.</summary>
    public IReadOnlyList<OutgoingCommand> TakeOverdue()
    {
        List<OutgoingCommand> overdue = [];
        foreach (var handoff in _handoffs.Values.Where(IsOverdue))
        {
            overdue.AddRange(handoff.Deferred);
            handoff.Deferred.Clear();
        }

        return overdue;
    }

    private List<OutgoingCommand> Remove(Guid lockId) => _handoffs.Remove(lockId, out var handoff) ? handoff.Deferred : [];

    private bool OutlastsRoundTrip(Handoff handoff) => !handoff.IsReleasing && time.GetElapsedTime(handoff.StartedAt) >= RoundTrip;

    private bool IsOverdue(Handoff handoff) =>
        OutlastsRoundTrip(handoff)
        || time.GetElapsedTime(handoff.DeferredSince) >= (handoff.OthersWait ? RoundTrip * MaxRoundTripsBehindOthers : RoundTrip);

    private sealed class Handoff
    {
        /// <summary>When its present holder got the lock.</summary>
        public long StartedAt { get; set; }

        /// <summary>Whether another client is next in the lock's queue.</summary>
        public bool OthersWait { get; set; }

        /// <summary>Whether the release is sent and not answered yet.</summary>
        public bool IsReleasing { get; set; }

        /// <summary>When the first of the deferred commands was deferred.</summary>
        public long DeferredSince { get; set; }

        public List<OutgoingCommand> Deferred { get; } = [];
    }
}
