using System.Buffers.Binary;
using System.Text;
using Locks.Coordinator.Domain;

namespace Locks.Storage.Relational;

/// <summary>
/// Reads what a <see cref="FormatWriter"/> wrote. Every method throws <see cref="InvalidDataException"/> where the bytes end too soon.
/// </summary>
/// <param name="bytes">All of them.</param>
internal ref struct FormatReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public byte Byte() => Take(1)[0];

    public Guid Id() => new(Take(16), bigEndian: true);

    public DateTimeOffset Time() => Micros.ToTime(Fixed());

    public long Fixed() => BinaryPrimitives.ReadInt64BigEndian(Take(sizeof(long)));

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next <= 0x7F)
                return (long)(value >> 1) ^ -(long)(value & 1);
        }

        throw new InvalidDataException();
    }

    public string Text() => Encoding.UTF8.GetString(Take(Number()));

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > _rest.Length)
            throw new InvalidDataException();

        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
