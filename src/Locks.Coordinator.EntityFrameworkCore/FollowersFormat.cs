using System.Buffers.Binary;
using System.Collections.Immutable;
using Locks.Coordinator.Domain;

namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>
/// The form in which a holder's followers are stored, in one column like <see cref="EndedAttemptsFormat"/>: a byte for the format's version,
/// then for each follower its attempt's id (16 bytes) and its fencing token (8), everything big-endian. No followers are null.
/// </summary>
internal static class FollowersFormat
{
    private const byte Version = 1;
    private const int FollowerBytes = 16 + 8;

    public static byte[]? Write(Followers? followers)
    {
        if (followers is null)
            return null;

        var bytes = new byte[1 + (followers.Items.Length * FollowerBytes)];
        bytes[0] = Version;
        var rest = bytes.AsSpan(1);
        foreach (var follower in followers.Items)
        {
            follower.AcquireId.TryWriteBytes(rest, bigEndian: true, out _);
            BinaryPrimitives.WriteInt64BigEndian(rest[16..], follower.FencingToken);
            rest = rest[FollowerBytes..];
        }

        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes have another form, perhaps that of a newer coordinator.</exception>
    public static Followers? Read(byte[]? bytes)
    {
        if (bytes is null)
            return null;
        if (bytes.Length < 1 + FollowerBytes || bytes[0] != Version || (bytes.Length - 1) % FollowerBytes != 0)
        {
            throw new InvalidDataException(
                $"The column 'holder_followers' holds {bytes.Length} bytes in a form that this version of Locks cannot read; "
                + "was the lock written by a newer one?");
        }

        var followers = ImmutableArray.CreateBuilder<Follower>((bytes.Length - 1) / FollowerBytes);
        for (var rest = bytes.AsSpan(1); rest.Length > 0; rest = rest[FollowerBytes..])
            followers.Add(new Follower(new Guid(rest[..16], bigEndian: true), BinaryPrimitives.ReadInt64BigEndian(rest[16..])));
        return new Followers(followers.DrainToImmutable());
    }
}
