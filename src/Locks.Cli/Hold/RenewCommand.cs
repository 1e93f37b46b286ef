using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Client;
using Locks.Client.Core;
using Locks.Client.Core.Tokens;
using Locks.Contracts;

namespace Locks.Cli.Hold;

/// <summary><c>locks renew</c>: extends the lease of a lock by its owner token.</summary>
internal sealed class RenewCommand : ClientCommand
{
    private readonly KeyArgument _key = new();

    private readonly DurationOption _lease = new("--lease", "How long to hold the lock from now on", LockLimits.CheckLease)
    {
        Required = true,
    };

    private readonly OwnerTokenSource _token = new();

    public RenewCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "renew", "Extends the lease of a lock that 'locks acquire' acquired; it never shortens what is left", environment, connection,
            new Example("locks renew deploy --lease 10m", $"with the token in {OwnerTokenSource.Variable}"),
            new Example("locks renew deploy --lease 10m --token-file /run/deploy.lock", "with the token in a file"))
    {
        Arguments.Add(_key);
        Options.Add(_lease);
        _token.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        var key = parsed.GetRequiredValue(_key);
        var token = await _token.ReadAsync(parsed, Environment, cancellationToken).ConfigureAwait(false);
        var locks = new TokenLocks((LockClient)client);
        var (_, loss) = await locks.RenewAsync(key, token, parsed.GetValue(_lease)!.Value, cancellationToken).ConfigureAwait(false);
        if (loss is null)
            return ExitCodes.Done;

        Environment.Report($"the lock '{key}' is not held any more ({LossText.Of(loss)})");
        return ExitCodes.Lost;
    }
}
