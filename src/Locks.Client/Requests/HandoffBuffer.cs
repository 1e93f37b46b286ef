namespace Locks.Client.Requests;

/// <summary>
/// The locks that go from hand to hand within this client, and that it will therefore give back soon. Who asks for such a lock and would wait
/// can't be granted it before, so that is held back to travel with the release. Where others stand in line it is held back until the release is
/// answered, to travel with what the last hand asks next: the lock waits for nobody meanwhile, and who asks together is granted together.
/// Nothing is held back while the lock stays in one hand for as long as a message takes, and nothing for long.
/// </summary>
internal sealed class HandoffBuffer(TimeProvider time)
{
    // In round trips: time for all hands and for the answer.
    private const int LongestBehindOthers = 8;

    private readonly Dictionary<Guid, Turn> _turns = [];

    /// <summary>How long a message takes, and what it asks for.</summary>
    public TimeSpan RoundTrip { get; set; }

    /// <summary>Whether anything is held back.</summary>
    public bool IsHolding => _turns.Values.Any(turn => turn.Held.Count > 0);

    /// <summary>A lock has come into the next hand.</summary>
    /// <param name="lockId">The lock.</param>
    /// <param name="othersWait">Whether another client is next in line for it.</param>
    public void HandoffStarted(Guid lockId, bool othersWait)
    {
        if (!_turns.TryGetValue(lockId, out var turn))
            _turns.Add(lockId, turn = new Turn());
        (turn.Since, turn.OthersWait, turn.IsGivenBack) = (time.GetTimestamp(), othersWait, false);
    }

    /// <summary>Holds a command back, if it is one that can wait.</summary>
    public bool TryHold(OutgoingCommand command)
    {
        if (command.Command.Acquire is not { Wait: not null } || !_turns.TryGetValue(command.LockId, out var turn) || IsSlow(turn))
            return false;

        if (turn.Held.Count == 0)
            turn.HeldSince = time.GetTimestamp();
        turn.Held.Add(command);
        return true;
    }

    /// <summary>The lock is about to be given back.</summary>
    /// <returns>What was held back and goes along.</returns>
    public IReadOnlyList<OutgoingCommand> GiveBack(Guid lockId)
    {
        if (!_turns.TryGetValue(lockId, out var turn) || !turn.OthersWait)
            return End(lockId);

        turn.IsGivenBack = true;
        return [];
    }

    /// <summary>The lock is given back. It may have come to this client again before that was noticed.</summary>
    /// <returns>What was held back for that.</returns>
    public IReadOnlyList<OutgoingCommand> EndCompleted(Guid lockId) =>
        _turns.TryGetValue(lockId, out var turn) && turn.IsGivenBack ? End(lockId) : [];

    /// <summary>The lock is lost.</summary>
    /// <returns>What was held back for it.</returns>
    public IReadOnlyList<OutgoingCommand> End(Guid lockId) => _turns.Remove(lockId, out var turn) ? turn.Held : [];

    /// <summary>What has been held back for too long.</summary>
    public IReadOnlyList<OutgoingCommand> TakeOverdue()
    {
        List<OutgoingCommand> overdue = [];
        foreach (var turn in _turns.Values.Where(IsOverdue))
        {
            overdue.AddRange(turn.Held);
            turn.Held.Clear();
        }

        return overdue;
    }

    private bool IsSlow(Turn turn) => !turn.IsGivenBack && time.GetElapsedTime(turn.Since) >= RoundTrip;

    private bool IsOverdue(Turn turn) =>
        IsSlow(turn) || time.GetElapsedTime(turn.HeldSince) >= (turn.OthersWait ? RoundTrip * LongestBehindOthers : RoundTrip);

    private sealed class Turn
    {
        public long Since { get; set; }

        public bool OthersWait { get; set; }

        public bool IsGivenBack { get; set; }

        public long HeldSince { get; set; }

        public List<OutgoingCommand> Held { get; } = [];
    }
}
