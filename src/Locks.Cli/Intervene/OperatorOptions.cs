using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Contracts;

namespace Locks.Cli.Intervene;

/// <summary>Who intervenes, and why: for the owner that loses, and for the coordinator's log.</summary>
internal sealed class OperatorOptions
{
    private readonly TextOption _reason = new(
        "--reason", "Why, for the owner and the coordinator's log, 1 to 512 UTF-8 bytes", LockLimits.CheckReason)
    {
        Required = true,
    };

    private readonly TextOption _by = new("--by", "Who does it (default user and machine)", LockLimits.CheckBy);

    public void AddTo(Command command)
    {
        command.Options.Add(_reason);
        command.Options.Add(_by);
    }

    public string Reason(ParseResult parsed) => parsed.GetValue(_reason)!;

    public string By(ParseResult parsed) => parsed.GetValue(_by) ?? $"{Environment.UserName}@{Environment.MachineName}";
}
