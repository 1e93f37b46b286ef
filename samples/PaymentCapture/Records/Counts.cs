namespace PaymentCapture.Records;

/// <summary>What became of messages.</summary>
/// <param name="Captured">Their payment was captured.</param>
/// <param name="Found">Their payment turned out to be captured.</param>
/// <param name="Skipped">Another consumer held the payment's lock, and they were left to them.</param>
/// <param name="Waited">Another consumer held the payment's lock, and they waited for it. They are among the first two in the end.</param>
internal sealed record Counts(long Captured, long Found, long Skipped, long Waited)
{
    /// <summary>Messages that are done with.</summary>
    public long Done => Captured + Found + Skipped;

    public static Counts operator +(Counts x, Counts y) =>
        new(x.Captured + y.Captured, x.Found + y.Found, x.Skipped + y.Skipped, x.Waited + y.Waited);
}
