using Locks.Cli.Connection;
using Locks.Cli.Doctor;

namespace Locks.Cli.CommandLine;

/// <summary>What the tool is given by the process that it runs in. Tests give it something else.</summary>
/// <param name="Input">Standard input.</param>
/// <param name="Output">Standard output, for what was asked for.</param>
/// <param name="Errors">Standard error, for everything else.</param>
/// <param name="Variable">Reads an environment variable.</param>
/// <param name="Time">The clock.</param>
/// <param name="Connect">Connects to the broker.</param>
internal sealed record ToolEnvironment(
    TextReader Input,
    TextWriter Output,
    TextWriter Errors,
    Func<string, string?> Variable,
    TimeProvider Time,
    Func<ConnectionSettings, ILockConnection> Connect)
{
    /// <summary>Whether a person reads standard error as it is written.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Whether a person sees standard output as it is written.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Looks at the broker itself.</summary>
    public Func<ConnectionSettings, CancellationToken, Task<IReadOnlyList<CheckResult>>> CheckBroker { get; init; } =
        static (settings, cancellationToken) => new BrokerCheck(settings).RunAsync(cancellationToken);

    /// <summary>Whether a person can be asked.</summary>
    public bool IsInputTerminal { get; init; }

    // Not Console.In and Console.Out: both change the settings of the terminal, which may be the command's that 'locks run' starts.
    public static ToolEnvironment OfThisProcess() => new(
        new StreamReader(Console.OpenStandardInput()),
        new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true },
        Console.Error,
        Environment.GetEnvironmentVariable,
        TimeProvider.System,
        BrokerConnection.Open)
    {
        IsErrorTerminal = !Console.IsErrorRedirected,
        IsOutputTerminal = !Console.IsOutputRedirected,
        IsInputTerminal = !Console.IsInputRedirected,
    };

    /// <summary>Tells the person, or the log of the script, something that is no result.</summary>
    public void Report(string message) => Errors.WriteLine($"locks: {message}");
}
