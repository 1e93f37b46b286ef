using System.Security.Cryptography;
using System.Text;

namespace Locks.Admin.Access;

/// <summary>The keys of access that are configured, as hashes. Nothing here shows a key.</summary>
internal sealed class AdminKeys(LocksAdminOptions options)
{
    private readonly AdminKey[] _keys =
    [
        .. options.ReadKeys.Select(entry => new AdminKey(entry.Key, AdminAccess.Read, HashOf(entry.Value))),
        .. options.WriteKeys.Select(entry => new AdminKey(entry.Key, AdminAccess.Write, HashOf(entry.Value))),
    ];

    /// <summary>Whether any is configured, so that every request needs one.</summary>
    public bool Any => _keys.Length > 0;

    /// <summary>
    /// The key that a request brings, if it is one of them. How long the search takes tells nothing of the keys: it compares hashes of one
    /// length, all of them, each to the end.
    /// </summary>
    public AdminKey? Find(string presented)
    {
        if (presented.Length > LocksAdminOptions.MaxKeyLength)
            return null;

        var hash = HashOf(presented);
        AdminKey? found = null;
        foreach (var key in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(key.Hash, hash))
                found = key;
        }

        return found;
    }

    private static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}

/// <summary>A key of access.</summary>
/// <param name="Name">The operator that has it.</param>
/// <param name="Access">What it allows.</param>
/// <param name="Hash">Its SHA-256.</param>
internal sealed record AdminKey(string Name, AdminAccess Access, byte[] Hash);
