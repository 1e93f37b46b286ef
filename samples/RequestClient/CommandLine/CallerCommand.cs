using System.CommandLine;

namespace RequestClient.CommandLine;

/// <summary>The command line: its options, what they may be, and which go together.</summary>
internal sealed class CallerCommand : RootCommand
{
    private readonly Option<string?> _broker = SharedOptions.Broker();

    private readonly Option<string?> _store = SharedOptions.Store();

    private readonly Option<bool> _isCoordinator = new("--coordinator") { Hidden = true };

    private readonly Option<string> _run = SharedOptions.Run();

    private readonly Option<bool> _endsWithInput = SharedOptions.EndsWithInput();

    public CallerCommand(Func<CallerSettings, CancellationToken, Task<int>> action)
        : base("Acquires, waits, renews and releases with MassTransit's request client and Locks.Contracts, without the client library. "
            + "With --broker and --store, the coordinator is a process of its own.")
    {
        Option[] options = [_broker, _store, _isCoordinator, _run, _endsWithInput];
        foreach (var option in options)
            Options.Add(option);

        SetAction((result, cancellationToken) => action(Read(result), cancellationToken));
    }

    /// <summary>What is wrong with a command line, in plain sentences.</summary>
    public IReadOnlyList<string> Check(ParseResult result)
    {
        if (result.Errors.Count > 0)
            return [.. result.Errors.Select(error => error.Message)];
        return SharedOptions.CheckServers(result, _broker, _store) is { } problem ? [problem] : [];
    }

    private CallerSettings Read(ParseResult result) => new(
        SharedOptions.ServersOf(result, _broker, _store),
        result.GetValue(_isCoordinator),
        result.GetValue(_run)!,
        result.GetValue(_endsWithInput));
}
