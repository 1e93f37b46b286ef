namespace Locks.Contracts;

/// <summary>
/// Derives the public name of a shared lease from its id. Descriptions and logs show the public name: a sender that knows the id can renew
/// and revoke the lease, and acquire locks on it, and the public name does not lead back to it.
/// </summary>
public static class LeaseFingerprint
{
    /// <summary>
    /// The fingerprint of a lease: the first 16 bytes of the SHA-256 of a fixed prefix and the lease's id, as a version 8 UUID (RFC 9562,
    /// section 5.8).
    /// </summary>
    /// <param name="leaseId">The id that the lease was granted with.</param>
    /// <returns>The same fingerprint for the same lease, everywhere and always.</returns>
    public static Guid Of(Guid leaseId) => PublicId.Of("locks:lease-fingerprint:1:"u8, leaseId);

    /// <summary>The fingerprint of a lease, where there is one.</summary>
    internal static Guid? Of(Guid? leaseId) => leaseId is { } id ? Of(id) : null;
}
