using System.CommandLine;
using PaymentCapture.Payments;

namespace PaymentCapture.CommandLine;

/// <summary>The command line: its options, what they may be, and which go together.</summary>
internal sealed class CaptureCommand : ProcessCommand<CaptureSettings, Role>
{
    private const int MostMessages = 1_000_000;
    private const int MostAtOnce = 256;
    private const int MostProcesses = 16;

    private readonly Option<int> _messages = new("--messages")
    {
        Description = "How many messages are sent",
        HelpName = "count",
        DefaultValueFactory = _ => 10_000,
        CustomParser = result => SharedOptions.Count(result, 1, MostMessages),
    };

    private readonly Option<int> _duplicates = new("--duplicates")
    {
        Description = "How many of the messages are for a payment that another message is for",
        HelpName = "count",
        DefaultValueFactory = _ => 3_000,
        CustomParser = result => SharedOptions.Count(result, 0, MostMessages),
    };

    private readonly Option<int> _concurrency = new("--concurrency")
    {
        Description = "How many messages each process consumes at the same time",
        HelpName = "count",
        DefaultValueFactory = _ => 16,
        CustomParser = result => SharedOptions.Count(result, 1, MostAtOnce),
    };

    private readonly Option<string> _whenBusy = new("--when-busy")
    {
        Description = "What a consumer does when another one holds the payment's lock",
        HelpName = "wait|skip",
        DefaultValueFactory = _ => "wait",
    };

    private readonly Option<bool> _noGuard = new("--no-guard") { Description = "Show what happens without the lock" };

    private readonly Option<int?> _processes = new("--processes")
    {
        Description = "Start a coordinator and this many consumer processes, and capture with them",
        HelpName = "count",
        CustomParser = result => SharedOptions.Count(result, 1, MostProcesses),
    };

    public CaptureCommand(Func<CaptureSettings, CancellationToken, Task<int>> action)
        : base("Captures payments from messages, some of which come twice, and captures each payment exactly once.", action)
    {
        _whenBusy.AcceptOnlyFromAmong("wait", "skip");
        AddOptions(_messages, _duplicates, _concurrency, _whenBusy, _noGuard, _processes);
    }

    protected override IEnumerable<string> Check(ParseResult result)
    {
        var (messages, duplicates) = (result.GetValue(_messages), result.GetValue(_duplicates));
        if (duplicates >= messages)
            yield return $"--duplicates must be less than --messages, which is {messages}, and not {duplicates}: each is one of another.";
        if (result.GetValue(_noGuard) && result.GetResult(_whenBusy) is { Implicit: false })
            yield return "--no-guard and --when-busy exclude each other.";
        if ((result.GetValue(_processes) is not null || RoleOf(result) is not null) && ServersOf(result) is null)
            yield return "--processes needs --broker and --store.";
    }

    protected override CaptureSettings Read(ParseResult result)
    {
        return new CaptureSettings(
            new Workload(result.GetValue(_messages), result.GetValue(_duplicates)),
            result.GetValue(_concurrency),
            result.GetValue(_noGuard) ? Guard.None : Enum.Parse<Guard>(result.GetValue(_whenBusy)!, ignoreCase: true),
            RoleOf(result),
            result.GetValue(_processes),
            ServersOf(result),
            RunOf(result),
            EndsWithInput(result));
    }
}
