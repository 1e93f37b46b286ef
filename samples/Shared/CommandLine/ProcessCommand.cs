using System.CommandLine;
using Samples.Hosting;

namespace Samples.CommandLine;

/// <summary>The command line of a sample that runs in one process, or as processes of several roles over a broker and a database.</summary>
/// <typeparam name="TSettings">What the command line asks for.</typeparam>
/// <typeparam name="TRole">What a process that the sample starts can be.</typeparam>
#pragma warning disable CA1010 // RootCommand can be enumerated for the sake of collection initializers alone.
public abstract class ProcessCommand<TSettings, TRole> : RootCommand
#pragma warning restore CA1010
    where TRole : struct, Enum
{
    private readonly Option<string?> _store = SharedOptions.Store();

    private readonly Option<string?> _role = new("--role") { Hidden = true };

    private readonly Option<string> _run = SharedOptions.Run();

    private readonly Option<bool> _endsWithInput = SharedOptions.EndsWithInput();

    /// <summary>The RabbitMQ that the processes share.</summary>
    protected Option<string?> Broker { get; } = SharedOptions.Broker();

    /// <param name="description">What the sample does.</param>
    /// <param name="action">Does it. Returns the exit code.</param>
    protected ProcessCommand(string description, Func<TSettings, CancellationToken, Task<int>> action)
        : base(description)
    {
        _role.AcceptOnlyFromAmong([.. Enum.GetNames<TRole>().Select(role => role.ToLowerInvariant())]);
        SetAction((result, cancellationToken) => action(Read(result), cancellationToken));
    }

    /// <summary>Runs the command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="isTrouble">Which exceptions are no bugs: their message is printed.</param>
    /// <returns>The exit code.</returns>
    public Task<int> RunAsync(string[] args, Func<Exception, bool> isTrouble)
    {
        var parsed = Parse(args);
        IReadOnlyList<string> problems = parsed.Errors.Count > 0 ? [.. parsed.Errors.Select(error => error.Message)] : [.. Check(parsed)];
        return CommandLines.RunAsync(parsed, problems, isTrouble);
    }

    /// <summary>Adds the sample's own options, and behind them those that all such samples have.</summary>
    protected void AddOptions(params Option[] own)
    {
        foreach (var option in (Option[])[.. own, Broker, _store, _role, _run, _endsWithInput])
            Options.Add(option);
    }

    /// <summary>Says which values do not go together, in plain sentences.</summary>
    protected virtual IEnumerable<string> Check(ParseResult result) =>
        SharedOptions.CheckServers(result, Broker, _store) is { } problem ? [problem] : [];

    /// <summary>Reads what is asked for.</summary>
    protected abstract TSettings Read(ParseResult result);

    /// <summary>The broker and the database; <see langword="null"/> for one process.</summary>
    protected Servers? ServersOf(ParseResult result) => SharedOptions.ServersOf(result, Broker, _store);

    /// <summary>What this process is; <see langword="null"/> for the one that starts the others.</summary>
    protected TRole? RoleOf(ParseResult result) =>
        result.GetValue(_role) is { } role ? Enum.Parse<TRole>(role, ignoreCase: true) : null;

    /// <summary>The name of the run.</summary>
    protected string RunOf(ParseResult result) => result.GetValue(_run)!;

    /// <summary>Whether the process ends when its standard input does.</summary>
    protected bool EndsWithInput(ParseResult result) => result.GetValue(_endsWithInput);
}
