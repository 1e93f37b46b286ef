namespace Locks.Client.Requests;

/// <summary>
/// The locks that go from hand to hand within this client, and that it will therefore give back soon. Who asks for such a lock and would wait
/// can't be granted it before, so that is held back to travel with the release; but for no longer than a message would have taken by itself,
/// and not where the lock stays in one hand for as long as that.
/// </summary>
internal sealed class AwaitedReleases(TimeProvider time)
{
    private readonly Dictionary<Guid, Turn> _turns = [];

    /// <summary>How long a message takes, and what it asks for.</summary>
    public TimeSpan RoundTrip { get; set; }

    /// <summary>A lock has come into the next hand.</summary>
    public void TurnBegins(Guid lockId)
    {
        if (!_turns.TryGetValue(lockId, out var turn))
            _turns.Add(lockId, turn = new Turn());
        turn.Since = time.GetTimestamp();
    }

    /// <summary>Holds a command back, if it is one that can wait.</summary>
    public bool TryHold(OutgoingCommand command)
    {
        if (command.Command.Acquire is not { Wait: not null }
            || !_turns.TryGetValue(command.LockId, out var turn)
            || time.GetElapsedTime(turn.Since) >= RoundTrip)
            return false;

        turn.Held.Add(command);
        return true;
    }

    /// <summary>The lock is given back, or lost.</summary>
    /// <returns>What was held back for that.</returns>
    public IReadOnlyList<OutgoingCommand> End(Guid lockId) => _turns.Remove(lockId, out var turn) ? turn.Held : [];

    /// <summary>Nothing is held back any longer.</summary>
    public IReadOnlyList<OutgoingCommand> TakeAll()
    {
        List<OutgoingCommand> held = [.. _turns.Values.SelectMany(turn => turn.Held)];
        foreach (var turn in _turns.Values)
            turn.Held.Clear();
        return held;
    }

    private sealed class Turn
    {
        public long Since { get; set; }

        public List<OutgoingCommand> Held { get; } = [];
    }
}
