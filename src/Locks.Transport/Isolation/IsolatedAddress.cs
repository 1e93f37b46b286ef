namespace Locks.Transport.Isolation;

/// <summary>
/// The mark on the address for replies that a client of the product understands in the product's own format. An application's own request
/// client understands MassTransit's, and its address has no mark. The mark is stored with the address, so that every coordinator that reads
/// it answers in the right format.
/// </summary>
internal static class IsolatedAddress
{
    private const string Fragment = "#locks";

    /// <summary>Marks an address.</summary>
    public static Uri Mark(Uri address) => new(address.OriginalString + Fragment);

    /// <summary>Whether an address carries the mark.</summary>
    public static bool IsMarked(Uri address) => address.Fragment == Fragment;

    /// <summary>The address without the mark.</summary>
    public static Uri Unmark(Uri address) => IsMarked(address) ? new Uri(address.OriginalString[..^Fragment.Length]) : address;
}
