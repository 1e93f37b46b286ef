namespace Locks.Histories.Records;

/// <summary>What a line of a history tells.</summary>
public enum RecordKind
{
    /// <summary>A call begins.</summary>
    Invoke,

    /// <summary>The coordinator has told a caller that it waits, and where.</summary>
    Queued,

    /// <summary>A call was done. An acquire got its lock.</summary>
    Ok,

    /// <summary>A call was not done: the lock is busy, or not held any more; the resource refused.</summary>
    Fail,

    /// <summary>A call got no answer: it may have been done.</summary>
    Unknown,

    /// <summary>A call got an exception that no caller may get.</summary>
    Wrong,

    /// <summary>A holder looked after this moment, and still held its lock.</summary>
    Holds,

    /// <summary>A process ended in good order, with no call left.</summary>
    Ended,

    /// <summary>The resource has accepted a write, with a version of its own.</summary>
    Accepted,

    /// <summary>All clients are gone, and the lock is still not free, or attempts wait for it.</summary>
    Stays,

    /// <summary>A fault begins.</summary>
    Fault,

    /// <summary>A fault is over: what was stopped runs, what was away is back.</summary>
    FaultEnded,
}
