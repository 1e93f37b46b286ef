using System.Text.Json;
using System.Text.Json.Serialization;

namespace Locks.Benchmarks.Processes;

/// <summary>How a process and its child talk: a line of JSON for each order, and one for its answer.</summary>
internal static class Lines
{
    public static readonly JsonSerializerOptions Form = new(JsonSerializerDefaults.General)
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
}

/// <summary>From parent to child.</summary>
internal sealed record CallLine(int Number, RemoteCall RemoteCall);

/// <summary>From child to parent: an answer, or what went wrong.</summary>
internal sealed record AnswerLine(int Number, JsonElement? Answer, string? Failure);
