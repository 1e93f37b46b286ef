namespace Locks.Coordinator.Saga.Lanes;

/// <summary>One event for one lock, on its way through a lane.</summary>
internal abstract class LaneWork(Guid lockId)
{
    public Guid LockId { get; } = lockId;

    /// <summary>The shared lease that must be known to decide it.</summary>
    public virtual Guid? LeaseId => null;

    /// <summary>Raises the event on its saga. May be called again, on another state, when nothing came of the first time.</summary>
    public abstract Task RunAsync(LaneGroup group);

    /// <summary>What came of it is stored. Timers start now, and replies may leave.</summary>
    public abstract void Stored(Answers answers);

    /// <summary>Nothing came of it: somebody else has changed the lock meanwhile, or it failed.</summary>
    public abstract void Failed(Exception exception, Answers answers);
}
