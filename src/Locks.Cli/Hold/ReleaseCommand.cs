using System.CommandLine;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Client;
using Locks.Client.Core;
using Locks.Client.Core.Tokens;

namespace Locks.Cli.Hold;

/// <summary><c>locks release</c>: releases a lock by its owner token.</summary>
internal sealed class ReleaseCommand : ClientCommand
{
    private readonly KeyArgument _key = new();
    private readonly OwnerTokenSource _token = new();

    public ReleaseCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "release", "Releases a lock that 'locks acquire' acquired", environment, connection,
            new Example("locks release deploy", $"with the token in {OwnerTokenSource.Variable}"),
            new Example("""echo "$token" | locks release deploy --token-file -""", "with the token on standard input"))
    {
        Arguments.Add(_key);
        _token.AddTo(this);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        var key = parsed.GetRequiredValue(_key);
        var token = await _token.ReadAsync(parsed, Environment, cancellationToken).ConfigureAwait(false);
        if (await new TokenLocks((LockClient)client).ReleaseAsync(key, token, cancellationToken).ConfigureAwait(false))
            return ExitCodes.Done;

        Environment.Report(
            $"the lock '{key}' was not held with this owner token; its lease had ended, or it was released or revoked before");
        return ExitCodes.Lost;
    }
}
