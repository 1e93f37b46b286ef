namespace Locks.Client.Requests;

/// <summary>A moment on the monotonic clock, which neither jumps nor stops with the wall clock.</summary>
internal readonly record struct Deadline(TimeProvider Time, long Start, TimeSpan Length)
{
    /// <summary>What is left; zero once it has passed.</summary>
    public TimeSpan Left => Time.GetElapsedTime(Start) is var passed && passed < Length ? Length - passed : TimeSpan.Zero;

    public bool HasPassed => Left == TimeSpan.Zero;

    /// <summary>Whether it comes after another one on the same clock.</summary>
    public bool EndsAfter(Deadline other) => Time.GetElapsedTime(other.Start, Start) + Length > other.Length;

    public static Deadline After(TimeProvider time, TimeSpan length) => new(time, time.GetTimestamp(), length);
}
