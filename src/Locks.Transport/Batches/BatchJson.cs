using System.Text.Json.Serialization;
using Locks.Contracts;

namespace Locks.Transport.Batches;

/// <summary>
/// The JSON of batches: the same names and forms as in MassTransit's own JSON, so that a batch in an ordinary envelope reads alike, but
/// generated at build time and without fields at their default.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(LockCommands))]
[JsonSerializable(typeof(LockReplies))]
[JsonSerializable(typeof(List<Guid>))]
[JsonSerializable(typeof(int?))]
internal sealed partial class BatchJson : JsonSerializerContext;
