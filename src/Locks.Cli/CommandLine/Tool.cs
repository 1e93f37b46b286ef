using System.CommandLine;
using System.CommandLine.Invocation;
using Locks.Client;

namespace Locks.Cli.CommandLine;

/// <summary>Runs a command line, and turns what goes wrong into a message and an exit code.</summary>
internal static class Tool
{
    // An argument that begins with @ is a key or a part of the command that is run, and no file to read arguments from.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    public static async Task<int> RunAsync(IReadOnlyList<string> args, ToolEnvironment environment)
    {
        var parsed = ToolRoot.Create(environment).Parse(args, Parsing);
        if (parsed.Action is null or ParseErrorAction)
            return Refuse(parsed, environment, parsed.Errors.Select(error => error.Message));

        var invocation = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            // Signals are the matter of each command: run passes them on.
            ProcessTerminationTimeout = null,
            Output = environment.Output,
            Error = environment.Errors,
        };
        try
        {
            return await parsed.InvokeAsync(invocation).ConfigureAwait(false);
        }
        catch (UsageException wrong)
        {
            return Refuse(parsed, environment, [wrong.Message]);
        }
        catch (ArgumentException wrong) when (wrong.TargetSite?.Module.Assembly == typeof(Contracts.LockLimits).Assembly)
        {
            // A limit of the contracts. Without what .NET adds to the message.
            return Fail(environment, wrong.Message.Split(" (Parameter", 2)[0], ExitCodes.Usage);
        }
        catch (LockUnavailableException unavailable)
        {
            return Fail(environment, unavailable.Message, ExitCodes.Unavailable);
        }
        catch (LockRefusedException refused)
        {
            return Fail(environment, refused.Message, ExitCodes.Busy);
        }
        catch (InterruptedException interrupted)
        {
            return interrupted.ExitCode;
        }
#pragma warning disable CA1031 // The last place that can report it.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            return Fail(environment, $"unexpected failure, please report it: {defect}", ExitCodes.Defect);
        }
    }

    private static int Refuse(ParseResult parsed, ToolEnvironment environment, IEnumerable<string> problems)
    {
        foreach (var problem in problems)
            environment.Report(problem);
        environment.Report($"see '{CommandPath(parsed)} --help'");
        return ExitCodes.Usage;
    }

    private static int Fail(ToolEnvironment environment, string message, int exitCode)
    {
        environment.Report(message);
        return exitCode;
    }

    private static string CommandPath(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        return command.Name == ToolRoot.ToolName ? ToolRoot.ToolName : $"{ToolRoot.ToolName} {command.Name}";
    }
}
