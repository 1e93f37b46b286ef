using System.Buffers.Binary;
using System.Text;
using Locks.Coordinator.Domain;

namespace Locks.Storage.Relational;

/// <summary>Writes the values of a stored form one behind the other. Fixed sizes are big-endian.</summary>
/// <param name="buffer">Where to; long enough for all of them.</param>
internal ref struct FormatWriter(Span<byte> buffer)
{
    /// <summary>The longest <see cref="Number"/>.</summary>
    public const int MaxNumberBytes = 10;

    private readonly Span<byte> _buffer = buffer;
    private int _length;

    /// <summary>What was written so far.</summary>
    public readonly ReadOnlySpan<byte> Written => _buffer[.._length];

    private readonly Span<byte> Rest => _buffer[_length..];

    public void Byte(byte value) => _buffer[_length++] = value;

    public void Id(Guid value)
    {
        value.TryWriteBytes(Rest, bigEndian: true, out var length);
        _length += length;
    }

    /// <summary>A time in microseconds since the Unix epoch.</summary>
    public void Time(DateTimeOffset value) => Fixed(Micros.Of(value));

    /// <summary>A number of eight bytes.</summary>
    public void Fixed(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Rest, value);
        _length += sizeof(long);
    }

    /// <summary>
    /// A number that is small as a rule, in as few bytes as it takes: the sign moves to the lowest bit, and each byte holds seven bits, the
    /// lowest first, with the highest bit set in all but the last (Protocol Buffers' sint64).
    /// </summary>
    public void Number(long value)
    {
        var rest = (ulong)((value << 1) ^ (value >> 63));
        for (; rest > 0x7F; rest >>= 7)
            Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    /// <summary>A text: how many bytes, and the bytes in UTF-8.</summary>
    public void Text(string value)
    {
        Number(Encoding.UTF8.GetByteCount(value));
        _length += Encoding.UTF8.GetBytes(value, Rest);
    }
}
