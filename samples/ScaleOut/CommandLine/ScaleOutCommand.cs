using System.CommandLine;

namespace ScaleOut.CommandLine;

/// <summary>The command line: its options, what they may be, and which go together.</summary>
internal sealed class ScaleOutCommand : RootCommand
{
    private readonly Option<int> _workers = new("--workers")
    {
        Description = "How many workers there are at most; 1, 2, 4 and so on are measured",
        HelpName = "count",
        DefaultValueFactory = _ => 4,
        CustomParser = result => SharedOptions.Count(result, 2, 16),
    };

    private readonly Option<int> _items = new("--items")
    {
        Description = "How many items each measurement has",
        HelpName = "count",
        DefaultValueFactory = _ => 40,
        CustomParser = result => SharedOptions.Count(result, 10, 10_000),
    };

    private readonly Option<int> _kills = new("--kills")
    {
        Description = "How many workers are killed in the last run, less than there are workers",
        HelpName = "count",
        DefaultValueFactory = _ => 1,
        CustomParser = result => SharedOptions.Count(result, 0, 15),
    };

    private readonly Option<bool> _noLocks = new("--no-locks") { Description = "Show what happens without the locks" };

    private readonly Option<string?> _broker = SharedOptions.Broker();

    private readonly Option<string?> _store = SharedOptions.Store();

    private readonly Option<string?> _role = new("--role") { Hidden = true };

    private readonly Option<int> _number = new("--number") { Hidden = true };

    private readonly Option<string> _run = SharedOptions.Run();

    private readonly Option<bool> _endsWithInput = SharedOptions.EndsWithInput();

    public ScaleOutCommand(Func<ScaleOutSettings, CancellationToken, Task<int>> action)
        : base("Many workers share a list of items, each of which is guarded by a lock, and some of them are killed. With --broker and --store, "
            + "the workers and a coordinator are processes.")
    {
        _role.AcceptOnlyFromAmong("coordinator", "worker");
        Option[] options = [_workers, _items, _kills, _noLocks, _broker, _store, _role, _number, _run, _endsWithInput];
        foreach (var option in options)
            Options.Add(option);

        SetAction((result, cancellationToken) => action(Read(result), cancellationToken));
    }

    /// <summary>What is wrong with a command line, in plain sentences.</summary>
    public IReadOnlyList<string> Check(ParseResult result) =>
        result.Errors.Count > 0 ? [.. result.Errors.Select(error => error.Message)] : [.. CheckTogether(result)];

    private IEnumerable<string> CheckTogether(ParseResult result)
    {
        if (SharedOptions.CheckServers(result, _broker, _store) is { } problem)
            yield return problem;
        if (result.GetValue(_kills) is var kills && result.GetValue(_workers) is var workers && kills >= workers)
            yield return $"--kills must be less than --workers, which is {workers}, and not {kills}: one has to go on.";
    }

    private ScaleOutSettings Read(ParseResult result) => new(
        result.GetValue(_workers),
        result.GetValue(_items),
        result.GetValue(_kills),
        WithLocks: !result.GetValue(_noLocks),
        SharedOptions.ServersOf(result, _broker, _store),
        result.GetValue(_role) is { } role ? Enum.Parse<Role>(role, ignoreCase: true) : null,
        result.GetValue(_number),
        result.GetValue(_run)!,
        result.GetValue(_endsWithInput));
}
