using System.Buffers.Binary;
using System.Text;

namespace Locks.Server.Tests.Telemetry;

/// <summary>A message of Protocol Buffers, read without its schema: fields by their numbers, as protobuf.dev describes the encoding.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> _fields = [];

    /// <summary>Reads a message.</summary>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var tag = Varint(ref bytes);
            var number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    _fields.Add((number, Varint(ref bytes), default));
                    break;
                case 1:
                    _fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref bytes, 8).Span), default));
                    break;
                case 2:
                    _fields.Add((number, 0, Take(ref bytes, (int)Varint(ref bytes))));
                    break;
                case 5:
                    _fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref bytes, 4).Span), default));
                    break;
                default:
                    throw new FormatException($"There is no wire type {tag & 7}.");
            }
        }
    }

    /// <summary>Whether there is such a field.</summary>
    public bool Has(int number) => _fields.Exists(field => field.Number == number);

    /// <summary>The messages in a field.</summary>
    public IEnumerable<ProtoMessage> All(int number) =>
        _fields.Where(field => field.Number == number).Select(field => new ProtoMessage(field.Bytes));

    /// <summary>The message in a field; an empty one when it is absent.</summary>
    public ProtoMessage One(int number) => All(number).LastOrDefault() ?? new ProtoMessage(default);

    public string Text(int number) => Encoding.UTF8.GetString(Find(number).Bytes.Span);

    public string Hex(int number) => Convert.ToHexStringLower(Find(number).Bytes.Span);

    public long Integer(int number) => (long)Find(number).Value;

    public double Double(int number) => BitConverter.UInt64BitsToDouble(Find(number).Value);

    private (int Number, ulong Value, ReadOnlyMemory<byte> Bytes) Find(int number) => _fields.FindLast(field => field.Number == number);

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> bytes, int count)
    {
        if (count < 0 || count > bytes.Length)
            throw new FormatException("The message ends within a field.");
        var taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(ref bytes, 1).Span[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw new FormatException("A number has more than ten bytes.");
    }
}
