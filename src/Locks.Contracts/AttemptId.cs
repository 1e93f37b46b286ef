using System.Security.Cryptography;

namespace Locks.Contracts;

/// <summary>
/// Derives the public name of an attempt from its <see cref="AcquireLock.AcquireId"/>. Descriptions, logs and traces show the public name:
/// a sender that repeats a request with the acquire id gets the owner token of its grant, and the public name does not lead back to it.
/// </summary>
public static class AttemptId
{
    // Part of the wire format: clients and coordinators derive the same. Another derivation gets another number.
    private static ReadOnlySpan<byte> Prefix => "locks:attempt-id:1:"u8;

    /// <summary>
    /// The attempt id of an attempt: the first 16 bytes of the SHA-256 of a fixed prefix and the acquire id, as a version 8 UUID (RFC 9562,
    /// section 5.8).
    /// </summary>
    /// <param name="acquireId">The id that the caller of the attempt chose.</param>
    /// <returns>The same id for the same attempt, everywhere and always.</returns>
    public static Guid Of(Guid acquireId)
    {
        const int idBytes = 16;
        Span<byte> name = stackalloc byte[Prefix.Length + idBytes];
        Prefix.CopyTo(name);
        acquireId.TryWriteBytes(name[Prefix.Length..], bigEndian: true, out _);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..idBytes], bigEndian: true);
    }
}
