using System.Buffers;
using System.Collections.Immutable;
using Locks.Coordinator.Domain;

namespace Locks.Storage.Relational;

/// <summary>
/// The form in which a lock's memory of ended attempts is stored: one column, because it is read and written with every lock and never
/// searched. A byte for the format's version, then for each attempt
/// <list type="bullet">
/// <item>the kind of its ending, and two flags above it (1 byte);</item>
/// <item>its id (16 bytes, big-endian);</item>
/// <item>its time: of the first one in microseconds since the Unix epoch (8 bytes, big-endian), of the others in microseconds since the one
/// before;</item>
/// <item>with the flag for an owner: how many attempts before it one has the same owner, or 0, and then the length and the UTF-8 bytes of
/// its own;</item>
/// <item>with the flag for a grant: how many microseconds it lasted, and how far its fencing token is above the microseconds of its time,
/// which is 0 as a rule.</item>
/// </list>
/// Numbers without a size are of variable length (<see cref="FormatWriter"/>). Version 1 had neither flag, and 8 bytes for each time. An empty
/// memory is stored as null.
/// </summary>
internal static class EndedAttemptsFormat
{
    private const byte WithoutOwners = 1, Version = 2;
    private const byte HasOwner = 0x40, HasGrant = 0x80, EndingBits = 0x3F;
    private const int MaxAttemptBytes = 1 + 16 + 8 + (4 * FormatWriter.MaxNumberBytes) + EndedAttempt.MaxOwnerBytes;

    public static byte[]? Write(EndedAttempts ended)
    {
        if (ended.Items.IsEmpty)
            return null;

        var buffer = ArrayPool<byte>.Shared.Rent(1 + (ended.Items.Length * MaxAttemptBytes));
        var writer = new FormatWriter(buffer);
        writer.Byte(Version);
        for (var i = 0; i < ended.Items.Length; i++)
            Write(ref writer, ended.Items.AsSpan(), i);
        var bytes = writer.Written.ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes have another form, perhaps that of a newer coordinator.</exception>
    public static EndedAttempts Read(byte[]? bytes)
    {
        if (bytes is null)
            return EndedAttempts.None;

        try
        {
            var reader = new FormatReader(bytes);
            var version = reader.Byte();
            if (version is not (WithoutOwners or Version) || reader.IsAtEnd)
                throw new InvalidDataException();

            var attempts = ImmutableArray.CreateBuilder<EndedAttempt>();
            while (!reader.IsAtEnd)
                attempts.Add(Read(ref reader, version, attempts));
            return new EndedAttempts(attempts.DrainToImmutable());
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException(
                $"The column 'ended' holds {bytes.Length} bytes in a form that this version of Locks cannot read; "
                + "was the lock written by a newer one?",
                e);
        }
    }

    private static void Write(ref FormatWriter writer, ReadOnlySpan<EndedAttempt> attempts, int place)
    {
        var attempt = attempts[place];
        writer.Byte((byte)((byte)attempt.Ending | (attempt.Owner is null ? 0 : HasOwner) | (attempt.Grant is null ? 0 : HasGrant)));
        writer.Id(attempt.AcquireId);
        if (place == 0)
            writer.Time(attempt.At);
        else
            writer.Number(Micros.Of(attempt.At - attempts[place - 1].At));

        if (attempt.Owner is { } owner)
        {
            var distance = DistanceToTheSameOwner(attempts, place);
            writer.Number(distance);
            if (distance == 0)
                writer.Text(owner);
        }

        if (attempt.Grant is { } grant)
        {
            writer.Number(Micros.Of(attempt.At - grant.GrantedAt));
            writer.Number(grant.FencingToken - Micros.Of(grant.GrantedAt));
        }
    }

    private static EndedAttempt Read(ref FormatReader reader, byte version, ImmutableArray<EndedAttempt>.Builder before)
    {
        var (kind, id) = (reader.Byte(), reader.Id());
        var at = version == WithoutOwners || before.Count == 0 ? reader.Time() : before[^1].At + Micros.ToDuration(reader.Number());
        var owner = (kind & HasOwner) == 0 ? null : ReadOwner(ref reader, before);
        return new EndedAttempt(id, (Ending)(kind & EndingBits), at, owner, (kind & HasGrant) == 0 ? null : ReadGrant(ref reader, at));
    }

    private static string ReadOwner(ref FormatReader reader, ImmutableArray<EndedAttempt>.Builder before)
    {
        var distance = reader.Number();
        return distance == 0 ? reader.Text() : OwnerBefore(before, distance);
    }

    private static EndedGrant ReadGrant(ref FormatReader reader, DateTimeOffset endedAt)
    {
        var grantedAt = endedAt - Micros.ToDuration(reader.Number());
        return new EndedGrant(Micros.Of(grantedAt) + reader.Number(), grantedAt);
    }

    private static int DistanceToTheSameOwner(ReadOnlySpan<EndedAttempt> attempts, int place)
    {
        for (var i = place - 1; i >= 0; i--)
        {
            if (attempts[i].Owner == attempts[place].Owner)
                return place - i;
        }

        return 0;
    }

    private static string OwnerBefore(ImmutableArray<EndedAttempt>.Builder before, long distance) =>
        distance > 0 && distance <= before.Count && before[before.Count - (int)distance].Owner is { } owner
            ? owner
            : throw new InvalidDataException();
}
