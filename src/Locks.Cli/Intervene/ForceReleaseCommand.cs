using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Cli.Output;
using Locks.Client;

namespace Locks.Cli.Intervene;

/// <summary><c>locks force-release</c>: takes a lock from its holder.</summary>
internal sealed class ForceReleaseCommand : ClientCommand
{
    private readonly KeyArgument _key = new();
    private readonly OperatorOptions _operator = new();
    private readonly Confirmation _confirmation = new();

    public ForceReleaseCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "force-release", "Takes a lock from its holder, which is told by whom and why, and may be in the middle of its work",
            environment, connection,
            new Example("locks force-release nightly-report --reason 'the host is gone'", "asks before it does it"),
            new Example("locks force-release nightly-report --reason 'the host is gone' --yes", "in a script"))
    {
        Arguments.Add(_key);
        _operator.AddTo(this);
        _confirmation.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        var key = parsed.GetRequiredValue(_key);
        var found = await client.DescribeAsync(key, cancellationToken).ConfigureAwait(false);
        if (found.Holder is not { } holder)
            return NotHeld(key);

        var (owner, age) = (Printable.Of(holder.Owner), LockTable.Age(holder.HeldFor));
        var question = $"'{owner}' has held '{Printable.Of(key)}' for {age}. Take the lock from it?";
        if (!_confirmation.Ask(parsed, Environment, question))
            return ExitCodes.Negative;
        return await client.RevokeAsync(key, _operator.By(parsed), _operator.Reason(parsed), cancellationToken).ConfigureAwait(false)
            ? ExitCodes.Done
            : NotHeld(key);
    }

    private int NotHeld(string key)
    {
        Environment.Report($"the lock '{key}' is not held; there was nothing to release");
        return ExitCodes.Negative;
    }
}
