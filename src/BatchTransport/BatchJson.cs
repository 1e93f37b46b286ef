using System.Text.Json.Serialization;
using Locks.Contracts;

namespace Locks.BatchTransport;

/// <summary>
/// The JSON of batches: the same names and forms as in MassTransit's own, so that a batch in an ordinary envelope reads alike, but generated
/// at build time and without what is at its default.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(LockCommands))]
[JsonSerializable(typeof(LockReplies))]
[JsonSerializable(typeof(List<Guid>))]
[JsonSerializable(typeof(int?))]
internal sealed partial class BatchJson : JsonSerializerContext;
