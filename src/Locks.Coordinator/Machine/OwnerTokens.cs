using System.Buffers.Text;
using System.Security.Cryptography;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.Machine;

/// <summary>Mints the secrets of grants.</summary>
internal static class OwnerTokens
{
    private const int RandomBytes = 18;
    private const int MintedTogether = 64;

    // Asking the operating system costs as much for many bytes as for a few.
    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _unused;

    /// <summary>Mints a token: 144 random bits from the operating system, as 24 URL-safe characters.</summary>
    public static OwnerToken Mint()
    {
        var random = _random ??= new byte[RandomBytes * MintedTogether];
        if (_unused == 0)
        {
            RandomNumberGenerator.Fill(random);
            _unused = MintedTogether;
        }

        var bytes = random.AsSpan(RandomBytes * --_unused, RandomBytes);
        var token = new OwnerToken(Base64Url.EncodeToString(bytes));
        bytes.Clear();
        return token;
    }
}
