using System.CommandLine;

namespace Locks.Cli.Output;

/// <summary>Whether to write JSON instead of text.</summary>
internal sealed class JsonOption : Option<bool>
{
    public JsonOption()
        : base("--json") => Description = "Write JSON, one object on each line; durations are in milliseconds, times in UTC";
}
