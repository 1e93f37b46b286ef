using System.CommandLine;

namespace OrderProcessing.CommandLine;

/// <summary>The command line: its options, what they may be, and which go together.</summary>
internal sealed class OrderCommand : ProcessCommand<OrderSettings, Role>
{
    private readonly Option<int> _instances = new("--instances")
    {
        Description = "How many instances there are",
        HelpName = "count",
        DefaultValueFactory = _ => 3,
        CustomParser = result => SharedOptions.Count(result, 2, 20),
    };

    private readonly Option<int> _rounds = new("--rounds")
    {
        Description = "How many rounds of five orders",
        HelpName = "count",
        DefaultValueFactory = _ => 20,
        CustomParser = result => SharedOptions.Count(result, 1, 1_000),
    };

    private readonly Option<bool> _noLocks = new("--no-locks") { Description = "Show what happens without the lock" };

    private readonly Option<string> _name = new("--name") { Hidden = true, DefaultValueFactory = _ => "instance" };

    public OrderCommand(Func<OrderSettings, CancellationToken, Task<int>> action)
        : base("Several instances of a background service process orders, one instance at a time. With --broker and --store, the instances and "
            + "a coordinator are processes.", action)
    {
        AddOptions(_instances, _rounds, _noLocks, _name);
    }

    protected override OrderSettings Read(ParseResult result) => new(
        result.GetValue(_instances),
        result.GetValue(_rounds),
        WithLocks: !result.GetValue(_noLocks),
        ServersOf(result),
        RoleOf(result),
        result.GetValue(_name)!,
        RunOf(result),
        EndsWithInput(result));
}
