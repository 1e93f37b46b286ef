using System.Text.Json.Serialization;
using Locks.Admin.Json;
using Locks.Cli.Doctor;
using Locks.Contracts;

namespace Locks.Cli.Output;

/// <summary>What the tool writes as JSON; compiled, since the tool lives for a second.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(MillisecondsConverter)])]
[JsonSerializable(typeof(LockSummary))]
[JsonSerializable(typeof(LockDescription))]
[JsonSerializable(typeof(LeaseDescription))]
[JsonSerializable(typeof(WaitForGraph))]
[JsonSerializable(typeof(GrantOutput))]
[JsonSerializable(typeof(CheckResult))]
internal sealed partial class ToolJsonContext : JsonSerializerContext;
