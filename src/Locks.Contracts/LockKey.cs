using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Locks.Contracts;

/// <summary>
/// Turns a lock's key into the identity of its saga, so that a key has one row by construction, and any name into a key.
/// </summary>
public static class LockKey
{
    // The name space of lock keys, itself a random UUID. Part of the wire format: changing it would orphan every stored lock.
    private static readonly byte[] Namespace = new Guid("5a3f2c1e-7b0d-4e57-9a61-0d2c8f6b4e13").ToByteArray(bigEndian: true);

    // How much of a name that is too long stays readable: the key is well below the limit, also where U+0000 has become three bytes.
    private const int StartBytes = 128;

    // The ids that were asked for last, each in the place that its key's hash gives it: a lock that is used at all is mostly used several
    // times, and the hash of a UUID costs a good part of what deciding a command does.
    private static readonly Known?[] Recent = new Known?[4_096];

    /// <summary>The version 5 UUID (RFC 9562, section 5.5) of a key.</summary>
    /// <param name="key">The key; compared ordinally, so keys that differ in case are two locks.</param>
    /// <returns>The same id for the same key, everywhere and always.</returns>
    /// <exception cref="ArgumentException">The key breaks a limit (see <see cref="LockLimits.CheckKey"/>).</exception>
    public static Guid ToId(string key)
    {
        ref var place = ref Recent[(uint)(key?.GetHashCode() ?? 0) % Recent.Length];
        if (Volatile.Read(ref place) is { } known && known.Key == key)
            return known.Id;

        var id = Hash(key!);
        Volatile.Write(ref place, new Known(key!, id));
        return id;
    }

    /// <summary>
    /// A key for any name, also one that is no key itself: longer than 512 UTF-8 bytes, empty, or with characters that a key cannot hold.
    /// Such a name becomes its first characters and a hash (SHA-256) of all of it; every other name is its own key.
    /// </summary>
    /// <param name="name">Any text. Names that differ, if only in case, get different keys.</param>
    /// <returns>The same key for the same name, everywhere and always: 1 to 512 UTF-8 bytes.</returns>
    /// <exception cref="ArgumentNullException">The name is <see langword="null"/>.</exception>
    public static string From(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (LockLimits.CheckKey(name) is null)
            return name;

        // Of the characters as they are in memory: UTF-8 has no bytes for half of a surrogate pair.
        var hash = Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(name.AsSpan())));
        var start = new StringBuilder();
        var bytes = 0;
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > StartBytes)
                break;
            start.Append(rune.Value == 0 ? "\uFFFD" : rune.ToString());
        }

        return $"{start}~{hash}";
    }

    private static Guid Hash(string key)
    {
        LockLimits.CheckKey(key)?.Throw(nameof(key));

        Span<byte> name = stackalloc byte[Namespace.Length + LockLimits.MaxKeyBytes];
        Namespace.CopyTo(name);
        var length = Namespace.Length + Encoding.UTF8.GetBytes(key, name[Namespace.Length..]);

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // RFC 9562 prescribes SHA-1 for version 5; it spreads names here and protects nothing.
        SHA1.HashData(name[..length], hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }

    private sealed record Known(string Key, Guid Id);
}
