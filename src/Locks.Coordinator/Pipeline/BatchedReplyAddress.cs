namespace Locks.Coordinator.Pipeline;

/// <summary>
/// The address of a client that takes batches of replies: its queue's address, marked by a fragment. The mark is stored with the address,
/// so that every coordinator that reads it sends a batch.
/// </summary>
internal static class BatchedReplyAddress
{
    private const string Mark = "#batch";

    /// <summary>Marks the address of a client's queue.</summary>
    public static Uri Of(string queue) => new(queue + Mark);

    /// <summary>Whether an address carries the mark.</summary>
    public static bool Is(Uri address) => address.Fragment == Mark;

    /// <summary>The address of the client's queue, without the mark.</summary>
    public static Uri ClientOf(Uri address) => new UriBuilder(address) { Fragment = "" }.Uri;
}
