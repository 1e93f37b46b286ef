using System.CommandLine;
using System.Globalization;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Client;

namespace Locks.Cli.Intervene;

/// <summary><c>locks cancel-waiter</c>: takes a waiter out of a lock's queue.</summary>
internal sealed class CancelWaiterCommand : ClientCommand
{
    private readonly KeyArgument _key = new();

    private readonly Argument<Guid> _attempt = new("ATTEMPT")
    {
        Description = "The waiter's attempt id, as 'locks show' names it",
        CustomParser = static result =>
        {
            if (Guid.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var id) && id != Guid.Empty)
                return id;
            result.AddError($"ATTEMPT is '{result.Tokens[0].Value}'; it must be the UUID that 'locks show' names");
            return default;
        },
    };

    private readonly OperatorOptions _operator = new();
    private readonly Confirmation _confirmation = new();

    public CancelWaiterCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "cancel-waiter", "Takes a waiter out of a lock's queue; its caller is told by whom and why, and a holder is never hit",
            environment, connection,
            new Example("locks cancel-waiter db 22bf4c9f-f842-8d19-b414-1d7dea1f37b7 --reason 'it hangs'", "asks before it does it"))
    {
        Arguments.Add(_key);
        Arguments.Add(_attempt);
        _operator.AddTo(this);
        _confirmation.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        var (key, attempt) = (parsed.GetRequiredValue(_key), parsed.GetValue(_attempt));
        if (!_confirmation.Ask(parsed, Environment, $"Take the attempt {attempt} out of the queue of '{Output.Printable.Of(key)}'?"))
            return ExitCodes.Negative;
        var (by, reason) = (_operator.By(parsed), _operator.Reason(parsed));
        if (await client.CancelWaiterAsync(key, attempt, by, reason, cancellationToken).ConfigureAwait(false))
            return ExitCodes.Done;

        Environment.Report($"the attempt {attempt} does not wait for the lock '{key}'; nothing was cancelled");
        return ExitCodes.Negative;
    }
}
