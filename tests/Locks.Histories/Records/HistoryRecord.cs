using System.Text.Json;
using System.Text.Json.Serialization;

namespace Locks.Histories.Records;

/// <summary>One line of a history. What a kind has no use for is absent.</summary>
public sealed record HistoryRecord
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>When, in nanoseconds of the machine's monotonic clock, which all of its processes share.</summary>
    public required long At { get; init; }

    /// <summary>The process; of a fault, the one that it is done to.</summary>
    public required string Process { get; init; }

    /// <summary>What the line tells.</summary>
    public required RecordKind Kind { get; init; }

    /// <summary>The number of the call in its process.</summary>
    public long? Call { get; init; }

    /// <summary>What is called.</summary>
    public CallKind? What { get; init; }

    /// <summary>The number of the acquire that got the lock.</summary>
    public long? Hold { get; init; }

    /// <summary>The lock's key.</summary>
    public string? Key { get; init; }

    /// <summary>Within how many milliseconds the call has to end.</summary>
    public double? Bound { get; init; }

    /// <summary>The lease that is asked for, in milliseconds.</summary>
    public double? Lease { get; init; }

    /// <summary>The rank of a caller that waits.</summary>
    public int? Rank { get; init; }

    /// <summary>The fencing token.</summary>
    public long? Fence { get; init; }

    /// <summary>Whether the caller still held the lock when it looked after the answer.</summary>
    public bool? IsHeld { get; init; }

    /// <summary>The number that the resource gave a write: they rise in the order in which it accepted them.</summary>
    public long? Version { get; init; }

    /// <summary>What is done to the process.</summary>
    public FaultKind? Fault { get; init; }

    /// <summary>More for people: an exception, the state of a lock, the name of a fault.</summary>
    public string? Text { get; init; }

    /// <summary>Reads a line.</summary>
    /// <exception cref="JsonException">The line is not complete.</exception>
    public static HistoryRecord Parse(ReadOnlySpan<byte> line) =>
        JsonSerializer.Deserialize<HistoryRecord>(line, Json) ?? throw new JsonException("The line is empty.");

    /// <summary>The record as a line, with its line feed.</summary>
    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, Json), (byte)'\n'];
}
