using System.CommandLine;
using NightlyJob.Jobs;

namespace NightlyJob.CommandLine;

/// <summary>The command line: its options, what they may be, and which go together.</summary>
internal sealed class NightlyCommand : ProcessCommand<NightlySettings, Role>
{
    private readonly Option<int> _instances = new("--instances")
    {
        Description = "How many instances have the job",
        HelpName = "count",
        DefaultValueFactory = _ => 3,
        CustomParser = result => SharedOptions.Count(result, 2, 10),
    };

    private readonly Option<int> _due = new("--due")
    {
        Description = "How often the job is due: each second, which stands for a night",
        HelpName = "count",
        DefaultValueFactory = _ => 5,
        CustomParser = result => SharedOptions.Count(result, 1, 60),
    };

    private readonly Option<string> _whenBusy = new("--when-busy")
    {
        Description = "What the other instances do while one runs the job: wait for the lock and look what is left, or leave it to the next time",
        HelpName = "wait|skip",
        DefaultValueFactory = _ => "wait",
    };

    private readonly Option<bool> _noLocks = new("--no-locks") { Description = "Show what happens without the lock" };

    private readonly Option<bool> _killOne = new("--kill-one")
    {
        Description = "With --broker and --store: kill the instance that runs the job the second time, in the middle of it",
    };

    private readonly Option<string> _name = new("--name") { Hidden = true, DefaultValueFactory = _ => "instance" };

    public NightlyCommand(Func<NightlySettings, CancellationToken, Task<int>> action)
        : base("A job that is due on several instances at the same times, and that one of them runs each time. With --broker and --store, "
            + "the instances and a coordinator are processes.", action)
    {
        _whenBusy.AcceptOnlyFromAmong("wait", "skip");
        AddOptions(_instances, _due, _whenBusy, _noLocks, _killOne, _name);
    }

    protected override IEnumerable<string> Check(ParseResult result)
    {
        foreach (var problem in base.Check(result))
            yield return problem;
        if (result.GetValue(_killOne) && result.GetValue(Broker) is null)
            yield return "--kill-one needs --broker and --store: only a process can be killed.";
        if (result.GetValue(_killOne) && result.GetValue(_noLocks))
            yield return "--kill-one and --no-locks exclude each other.";
    }

    protected override NightlySettings Read(ParseResult result) => new(
        result.GetValue(_instances),
        result.GetValue(_due),
        result.GetValue(_noLocks) ? Guard.None : Enum.Parse<Guard>(result.GetValue(_whenBusy)!, ignoreCase: true),
        result.GetValue(_killOne),
        ServersOf(result),
        RoleOf(result),
        result.GetValue(_name)!,
        RunOf(result),
        EndsWithInput(result));
}
