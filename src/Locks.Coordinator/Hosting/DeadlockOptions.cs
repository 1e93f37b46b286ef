namespace Locks.Coordinator.Hosting;

/// <summary>
/// How deadlocks are looked for: attempts that wait for locks of each other in a circle. One coordinator looks for all, the one that started
/// first. It tells each deadlock once in its log, with the whole circle.
/// </summary>
public sealed class DeadlockOptions
{
    /// <summary>Whether to look for deadlocks. Default: yes.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// How often to look. 500 ms to 10 min, default 2 s. Each time, the attempts that have waited for <see cref="MinAge"/> are read from the
    /// store, 20,000 at most; where that takes long it is done less often, for a twentieth of the time.
    /// </summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long an attempt must have waited, and the holder that it waits for have held its lock, to count. 0 to 1 h, default 2 s. Longer means
    /// fewer false alarms where the owners of attempts name processes, and not units of work: all attempts of an owner count as one.
    /// </summary>
    public TimeSpan MinAge { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether to end a deadlock that is found twice in a row, by denying the attempt in it that came last
    /// (<see cref="Contracts.DenyReasons.Deadlock"/>). Default: no, deadlocks are only told. Switch it on only where every attempt that may
    /// hold one lock and wait for another one names an owner of its own, or a shared lease.
    /// </summary>
    public bool Break { get; set; }
}
