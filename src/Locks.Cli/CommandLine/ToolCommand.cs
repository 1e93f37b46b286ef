using System.CommandLine;

namespace Locks.Cli.CommandLine;

/// <summary>One of the tool's commands, with examples in its help.</summary>
internal abstract class ToolCommand(string name, string description, params IReadOnlyList<Example> examples) : Command(name, description)
{
    public IReadOnlyList<Example> Examples { get; } = examples;

    /// <summary>What the help says behind the examples, each line by itself.</summary>
    public virtual IEnumerable<string> Remarks => [];
}
