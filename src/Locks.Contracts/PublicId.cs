using System.Security.Cryptography;

namespace Locks.Contracts;

/// <summary>Derives what is shown in the place of an id that is a secret.</summary>
internal static class PublicId
{
    /// <summary>
    /// The first 16 bytes of the SHA-256 of a fixed prefix and the id, as a version 8 UUID (RFC 9562, section 5.8). Part of the wire format:
    /// clients and coordinators derive the same. Another derivation gets another prefix.
    /// </summary>
    public static Guid Of(ReadOnlySpan<byte> prefix, Guid secret)
    {
        const int idBytes = 16;
        Span<byte> name = stackalloc byte[prefix.Length + idBytes];
        prefix.CopyTo(name);
        secret.TryWriteBytes(name[prefix.Length..], bigEndian: true, out _);

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..idBytes], bigEndian: true);
    }
}
