namespace Locks.Coordinator.Clocks;

/// <summary>
/// Between which bounds the store's clock is ahead of this process's monotonic clock, in ticks. The store read its clock between the
/// statement's departure and its answer, so each reading gives both bounds, whatever either way took (Cristian, <i>Probabilistic Clock
/// Synchronization</i>, 1989). What several readings have in common (Marzullo) is narrower than any of them.
/// </summary>
/// <param name="At">When the bounds held, on the monotonic clock.</param>
/// <param name="Low">The store's clock is ahead by no less.</param>
/// <param name="High">The store's clock is ahead by no more.</param>
internal readonly record struct OffsetBounds(long At, long Low, long High)
{
    /// <summary>
    /// By how much the clocks may drift apart. A time server corrects a clock by up to 500 millionths of its rate; two of them, one of which
    /// may be this machine's.
    /// </summary>
    public const double MaxDrift = 0.001;

    /// <summary>The best guess.</summary>
    public long Middle => Low + ((High - Low) / 2);

    /// <summary>By how much the guess may be wrong.</summary>
    public TimeSpan Error => new((High - Low + 1) / 2);

    /// <summary>The bounds from one answer of the store.</summary>
    public static OffsetBounds Of(long sentAt, DateTimeOffset storeTime, long receivedAt) =>
        new(receivedAt, storeTime.UtcTicks - receivedAt, storeTime.UtcTicks - sentAt);

    /// <summary>The bounds later on: the clocks may have drifted.</summary>
    public OffsetBounds Later(long at)
    {
        var drift = at > At ? (long)((at - At) * MaxDrift) : 0;
        return new OffsetBounds(Math.Max(at, At), Low - drift, High + drift);
    }

    /// <summary>What these bounds and those of a new reading have in common. Where they have nothing, a clock was set: the reading counts.</summary>
    /// <param name="reading">The new reading.</param>
    /// <param name="contradiction">How far the reading is from these bounds; zero where they have something in common.</param>
    public OffsetBounds With(OffsetBounds reading, out TimeSpan contradiction)
    {
        var known = Later(reading.At);
        contradiction = new TimeSpan(
            reading.Low > known.High ? reading.Low - known.High
            : reading.High < known.Low ? reading.High - known.Low
            : 0);
        return contradiction == TimeSpan.Zero
            ? new OffsetBounds(known.At, Math.Max(known.Low, reading.Low), Math.Min(known.High, reading.High))
            : reading;
    }
}
