using System.Buffers.Binary;
using System.Collections.Immutable;
using Locks.Coordinator.Domain;

namespace Locks.Storage.Relational;

/// <summary>
/// The form in which a lock's memory of ended attempts is stored: one column, because it is read and written with every lock and never
/// searched. A byte for the format's version, then for each attempt the kind of its ending (1 byte), its id (16) and its time
/// (8, microseconds since the Unix epoch), everything big-endian. An empty memory is stored as null.
/// </summary>
internal static class EndedAttemptsFormat
{
    private const byte Version = 1;
    private const int AttemptBytes = 1 + 16 + 8;

    public static byte[]? Write(EndedAttempts ended)
    {
        if (ended.Items.IsEmpty)
            return null;

        var bytes = new byte[1 + (ended.Items.Length * AttemptBytes)];
        bytes[0] = Version;
        var rest = bytes.AsSpan(1);
        foreach (var attempt in ended.Items)
        {
            rest[0] = (byte)attempt.Ending;
            attempt.AcquireId.TryWriteBytes(rest[1..], bigEndian: true, out _);
            BinaryPrimitives.WriteInt64BigEndian(rest[17..], Micros.Of(attempt.At));
            rest = rest[AttemptBytes..];
        }

        return bytes;
    }

    /// <exception cref="InvalidDataException">The bytes have another form, perhaps that of a newer coordinator.</exception>
    public static EndedAttempts Read(byte[]? bytes)
    {
        if (bytes is null)
            return EndedAttempts.None;
        if (bytes.Length == 0 || bytes[0] != Version || (bytes.Length - 1) % AttemptBytes != 0)
        {
            throw new InvalidDataException(
                $"The column 'ended' holds {bytes.Length} bytes in a form that this version of Locks cannot read; "
                + "was the lock written by a newer one?");
        }

        var attempts = ImmutableArray.CreateBuilder<EndedAttempt>((bytes.Length - 1) / AttemptBytes);
        for (var rest = bytes.AsSpan(1); rest.Length > 0; rest = rest[AttemptBytes..])
        {
            attempts.Add(new EndedAttempt(
                new Guid(rest.Slice(1, 16), bigEndian: true),
                (Ending)rest[0],
                Micros.ToTime(BinaryPrimitives.ReadInt64BigEndian(rest[17..]))));
        }

        return new EndedAttempts(attempts.DrainToImmutable());
    }
}
