using System.Buffers.Text;
using System.Security.Cryptography;

namespace Locks.Coordinator.Domain;

/// <summary>The secret that proves ownership of one grant. Its text form hides it, so that no log line can leak it.</summary>
public readonly record struct OwnerToken(string Value)
{
    private const int RandomBytes = 18;

    /// <summary>A new token: 144 random bits from the operating system, as 24 URL-safe characters.</summary>
    public static OwnerToken Mint() => new(Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes)));

    /// <summary>Asterisks.</summary>
    public override string ToString() => "***";
}
