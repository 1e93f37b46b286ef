namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The address of a client that takes many answers in one message: its queue's, marked by a fragment, so that it is known for what it is
/// wherever it is stored, and by whichever coordinator reads it.
/// </summary>
internal static class BatchedReplyAddress
{
    private const string Mark = "#batch";

    public static Uri Of(string queue) => new(queue + Mark);

    public static bool Is(Uri address) => address.Fragment == Mark;
}
