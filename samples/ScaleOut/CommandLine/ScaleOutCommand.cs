using System.CommandLine;

namespace ScaleOut.CommandLine;

/// <summary>The command line: its options, what they may be, and which go together.</summary>
internal sealed class ScaleOutCommand : ProcessCommand<ScaleOutSettings, Role>
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

    private readonly Option<int> _number = new("--number") { Hidden = true };

    public ScaleOutCommand(Func<ScaleOutSettings, CancellationToken, Task<int>> action)
        : base("Many workers share a list of items, each of which is guarded by a lock, and some of them are killed. With --broker and --store, "
            + "the workers and a coordinator are processes.", action)
    {
        AddOptions(_workers, _items, _kills, _noLocks, _number);
    }

    protected override IEnumerable<string> Check(ParseResult result)
    {
        foreach (var problem in base.Check(result))
            yield return problem;
        if (result.GetValue(_kills) is var kills && result.GetValue(_workers) is var workers && kills >= workers)
            yield return $"--kills must be less than --workers, which is {workers}, and not {kills}: one has to go on.";
    }

    protected override ScaleOutSettings Read(ParseResult result) => new(
        result.GetValue(_workers),
        result.GetValue(_items),
        result.GetValue(_kills),
        WithLocks: !result.GetValue(_noLocks),
        ServersOf(result),
        RoleOf(result),
        result.GetValue(_number),
        RunOf(result),
        EndsWithInput(result));
}
