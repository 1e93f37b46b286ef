namespace Locks.Client.Requests;

/// <summary>A moment by a clock's timestamps, which are not set as the wall clock is. Those of the client's clock count suspension.</summary>
/// <param name="Time">The clock.</param>
/// <param name="Start">The clock's timestamp from which the length counts.</param>
/// <param name="Length">How long after the start the deadline passes.</param>
internal readonly record struct Deadline(TimeProvider Time, long Start, TimeSpan Length)
{
    /// <summary>The time that is left; zero once the deadline has passed.</summary>
    public TimeSpan Left => LeftAt(Time.GetTimestamp());

    public bool HasPassed => HasPassedAt(Time.GetTimestamp());

    /// <summary>The time that is left at a timestamp of the clock; zero once the deadline has passed.</summary>
    public TimeSpan LeftAt(long timestamp) => Time.GetElapsedTime(Start, timestamp) is var passed && passed < Length ? Length - passed : TimeSpan.Zero;

    /// <summary>Whether the deadline has passed at a timestamp of the clock.</summary>
    public bool HasPassedAt(long timestamp) => LeftAt(timestamp) == TimeSpan.Zero;

    /// <summary>Whether this deadline passes after another one on the same clock.</summary>
    public bool EndsAfter(Deadline other) => Time.GetElapsedTime(other.Start, Start) + Length > other.Length;

    /// <summary>The same deadline, or an earlier one.</summary>
    public Deadline NoLaterThan(Deadline? other) => other is { } earlier && EndsAfter(earlier) ? earlier : this;

    public static Deadline After(TimeProvider time, TimeSpan length) => new(time, time.GetTimestamp(), length);
}
