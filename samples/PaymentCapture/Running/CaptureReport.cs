using PaymentCapture.Payments;
using PaymentCapture.Records;

namespace PaymentCapture.Running;

/// <summary>What came of a run.</summary>
/// <param name="Workload">The messages that were sent.</param>
/// <param name="Captured">Payments that were captured at least once.</param>
/// <param name="DoubleCaptures">Captures beyond the first of their payment.</param>
/// <param name="Counts">What became of the messages.</param>
/// <param name="Elapsed">From the first message sent to the last one done with.</param>
internal sealed record CaptureReport(Workload Workload, int Captured, int DoubleCaptures, Counts Counts, TimeSpan Elapsed)
{
    /// <summary>Payments that were never captured.</summary>
    public int Missing => Workload.Payments - Captured;

    /// <summary>Every payment was captured exactly once.</summary>
    public bool IsRight => DoubleCaptures == 0 && Missing == 0;

    public double MessagesPerSecond => Workload.Messages / Elapsed.TotalSeconds;

    /// <summary>The last line on standard output, for scripts.</summary>
    public string Summary =>
        $"messages={Workload.Messages} payments={Workload.Payments} captured={Captured} double={DoubleCaptures} "
        + $"skipped={Counts.Skipped} waited={Counts.Waited}";

    public static CaptureReport Of(Workload workload, IReadOnlyDictionary<int, int> captures, Counts counts, TimeSpan elapsed) =>
        new(workload, captures.Count, captures.Values.Sum(times => times - 1), counts, elapsed);
}
