using System.Diagnostics;

namespace Locks.TestKit;

/// <summary>A built sample, run as users run it.</summary>
public static class SampleProgram
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(5);

    /// <summary>Runs a sample to its end.</summary>
    /// <param name="sample">The name of its folder.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<SampleRun> RunAsync(string sample, params IEnumerable<string> arguments)
    {
        // Built with the tests, hence in the same configuration.
        var program = Path.Combine(
            Repository.PathOf($"samples/{sample}/bin"), new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", $"{sample}.dll");
        var start = ChildProcess.DotNet(program, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeLimit, TimeProvider.System);
            return new SampleRun(process.ExitCode, await output, await errors);
        }
        finally
        {
            // With its children, one of which may be suspended and would not notice.
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>How a sample ended.</summary>
/// <param name="ExitCode">0 if the result is right, 1 if it is wrong, 2 if the sample could not run.</param>
/// <param name="Output">What it printed to standard output.</param>
/// <param name="Errors">What it printed to standard error.</param>
public sealed record SampleRun(int ExitCode, string Output, string Errors)
{
    /// <summary>The last line of the output, which is for scripts.</summary>
    public string LastLine => Output.TrimEnd().Split('\n')[^1];
}
