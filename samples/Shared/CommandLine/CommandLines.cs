using System.CommandLine;

namespace Samples.CommandLine;

/// <summary>Runs a command line from its problems to its exit code.</summary>
public static class CommandLines
{
    // Ending child processes takes a moment, and is not to be cut short.
    private static readonly TimeSpan TerminationTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Prints the problems, or invokes the command.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="problems">What is wrong with it, in plain sentences.</param>
    /// <param name="isTrouble">Which exceptions are no bugs: their message is printed, and the exit code is <see cref="ExitCode.Trouble"/>.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ParseResult parsed, IReadOnlyList<string> problems, Func<Exception, bool> isTrouble)
    {
        if (problems.Count > 0)
        {
            foreach (var problem in problems)
                Console.Error.WriteLine(problem);
            return ExitCode.Trouble;
        }

        try
        {
            return await parsed.InvokeAsync(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TerminationTimeout });
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception trouble) when (trouble is SampleException || isTrouble(trouble))
        {
            Console.Error.WriteLine(trouble.Message);
            return ExitCode.Trouble;
        }
    }
}
