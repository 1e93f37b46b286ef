namespace Locks.Admin.Live;

/// <summary>The instruments of the coordinator's meter that the rates are made of. One that this version does not have measures nothing.</summary>
internal static class Instruments
{
    public const string Meter = "Locks.Coordinator";

    public const string Grants = "locks.grants";
    public const string Denials = "locks.denials";
    public const string Releases = "locks.releases";
    public const string Expiries = "locks.expiries";
    public const string Revocations = "locks.revocations";

    /// <summary>Measured once for each attempt that enters a queue.</summary>
    public const string QueueLength = "locks.queue.length";

    /// <summary>Measured once for each attempt that leaves a queue; <see cref="Outcome"/> says how.</summary>
    public const string WaitDuration = "locks.wait.duration";

    public const string CommitDuration = "locks.commit.duration";

    /// <summary>The tag that says how it ended.</summary>
    public const string Outcome = "locks.outcome";

    /// <summary>The <see cref="Outcome"/> of a wait that ended with the grant.</summary>
    public const string Granted = "granted";
}
