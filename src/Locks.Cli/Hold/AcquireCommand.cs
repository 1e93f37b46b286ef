using System.CommandLine;
using System.CommandLine.Parsing;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Cli.Output;
using Locks.Client;
using Locks.Client.Core;
using Locks.Client.Core.Tokens;
using Locks.Contracts;

namespace Locks.Cli.Hold;

/// <summary><c>locks acquire</c>: acquires a lock for a script, which renews and releases it by its owner token.</summary>
internal sealed class AcquireCommand : ClientCommand
{
    private static readonly TimeSpan DefaultLease = TimeSpan.FromMinutes(1);

    private readonly KeyArgument _key = new();

    private readonly DurationOption _lease = new(
        "--lease", $"How long the lock is held unless it is renewed (default {Duration.Format(DefaultLease)})", LockLimits.CheckLease);

    private readonly AcquireOptions _acquire = new();

    private readonly Option<string?> _file = new("--token-file")
    {
        Description = "Write the owner token to this file, for its owner alone, and not to standard output",
        HelpName = "FILE",
    };

    private readonly Option<bool> _export = new("--export") { Description = "Write shell commands that set variables, for eval" };
    private readonly JsonOption _json = new();

    public AcquireCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "acquire", "Acquires a lock and leaves it held; writes the owner token that renews and releases it", environment, connection,
            new Example("token=$(locks acquire deploy --lease 10m)", "keep the token in a variable"),
            new Example("lock=$(locks acquire deploy --export) && eval \"$lock\"", "set the variables that renew and release read"),
            new Example("locks acquire deploy --token-file /run/deploy.lock", "keep it in a file that its owner alone can read"))
    {
        Arguments.Add(_key);
        Options.Add(_lease);
        _acquire.AddTo(this);
        Options.Add(_file);
        Options.Add(_export);
        Options.Add(_json);
        Validators.Add(Check);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, ILockClient client, CancellationToken cancellationToken)
    {
        var key = parsed.GetRequiredValue(_key);
        var owner = _acquire.Owner(parsed, ToolRoot.ToolName);
        using var file = parsed.GetValue(_file) is { } path ? new OwnerTokenFile(path) : null;
        var locks = new TokenLocks((LockClient)client);
        try
        {
            var lease = parsed.GetValue(_lease) ?? DefaultLease;
            var grant = await locks.AcquireAsync(key, _acquire.Wait(parsed), lease, owner, cancellationToken).ConfigureAwait(false);
            await WriteAsync(parsed, key, owner, grant, file).ConfigureAwait(false);
            return ExitCodes.Done;
        }
        catch (LockTimeoutException busy)
        {
            Environment.Report($"the lock '{key}' is busy. {busy.Holder}".TrimEnd());
            return _acquire.BusyExitCode(parsed);
        }
    }

    private async Task WriteAsync(ParseResult parsed, string key, string owner, TokenGrant grant, OwnerTokenFile? file)
    {
        if (file is not null)
            await file.WriteAsync(grant.OwnerToken).ConfigureAwait(false);

        // What the file holds is not shown.
        var shown = file is null ? grant.OwnerToken : null;
        if (parsed.GetValue(_json))
        {
            Environment.Output.WriteLine(ToolJson.Write(new GrantOutput(key, owner, shown, grant.FencingToken, grant.Lease)));
        }
        else if (parsed.GetValue(_export))
        {
            Environment.Output.WriteLine($"export LOCKS_KEY={ShellQuote(key)}");
            Environment.Output.WriteLine($"export LOCKS_OWNER={ShellQuote(owner)}");
            Environment.Output.WriteLine($"export LOCKS_FENCING_TOKEN={grant.FencingToken}");
            if (shown is not null)
                Environment.Output.WriteLine($"export {OwnerTokenSource.Variable}={ShellQuote(shown)}");
        }
        else if (shown is not null)
        {
            Environment.Output.WriteLine(shown);
        }
    }

    private void Check(CommandResult result)
    {
        if (result.GetResult(_export) is not null && result.GetResult(_json) is not null)
            result.AddError("--export and --json exclude each other");
    }

    private static string ShellQuote(string text) => $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
