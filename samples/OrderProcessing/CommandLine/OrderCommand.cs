using System.CommandLine;

namespace OrderProcessing.CommandLine;

/// <summary>The command line: its options, what they may be, and which go together.</summary>
internal sealed class OrderCommand : RootCommand
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

    private readonly Option<string?> _broker = SharedOptions.Broker();

    private readonly Option<string?> _store = SharedOptions.Store();

    private readonly Option<string?> _role = new("--role") { Hidden = true };

    private readonly Option<string> _name = new("--name") { Hidden = true, DefaultValueFactory = _ => "instance" };

    private readonly Option<string> _run = SharedOptions.Run();

    private readonly Option<bool> _endsWithInput = SharedOptions.EndsWithInput();

    public OrderCommand(Func<OrderSettings, CancellationToken, Task<int>> action)
        : base("Several instances of a background service process orders, one instance at a time. With --broker and --store, the instances and "
            + "a coordinator are processes.")
    {
        _role.AcceptOnlyFromAmong("coordinator", "instance");
        Option[] options = [_instances, _rounds, _noLocks, _broker, _store, _role, _name, _run, _endsWithInput];
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

    private OrderSettings Read(ParseResult result) => new(
        result.GetValue(_instances),
        result.GetValue(_rounds),
        WithLocks: !result.GetValue(_noLocks),
        SharedOptions.ServersOf(result, _broker, _store),
        result.GetValue(_role) is { } role ? Enum.Parse<Role>(role, ignoreCase: true) : null,
        result.GetValue(_name)!,
        result.GetValue(_run)!,
        result.GetValue(_endsWithInput));
}
