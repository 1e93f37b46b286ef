using System.Diagnostics;
using System.Reflection;

namespace Samples.Processes;

/// <summary>The program that runs, to be started once more.</summary>
public static class OwnProgram
{
    /// <summary>How to start it with other arguments and with its three streams redirected.</summary>
    public static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var program = Environment.ProcessPath ?? throw new SampleException("This program does not know its own file, so it can't start others.");
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            start.ArgumentList.Add(Assembly.GetEntryAssembly()!.Location);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return start;
    }
}
