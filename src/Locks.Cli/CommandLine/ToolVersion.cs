using System.CommandLine;
using System.CommandLine.Invocation;
using System.Reflection;

namespace Locks.Cli.CommandLine;

/// <summary>Prints the version of the tool.</summary>
internal sealed class ToolVersion : SynchronousCommandLineAction
{
    public static string Text { get; } =
        typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    public override int Invoke(ParseResult parseResult)
    {
        parseResult.InvocationConfiguration.Output.WriteLine($"{ToolRoot.ToolName} {Text}");
        return ExitCodes.Done;
    }
}
