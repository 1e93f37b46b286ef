using System.CommandLine;
using System.CommandLine.Parsing;
using Locks.Cli.CommandLine;
using Locks.Cli.Connection;
using Locks.Contracts;

namespace Locks.Cli.Run;

/// <summary><c>locks run</c>: runs a command under a lock.</summary>
internal sealed class RunCommand : ToolCommand
{
    private readonly KeyArgument _key = new();

    private readonly Argument<string[]> _command = new("COMMAND")
    {
        Description = "What to run, with its arguments; put -- before it",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly DurationOption _lease = new(
        "--lease",
        $"How long others wait when this host dies; it is renewed until then (default {Duration.Format(RunSettings.DefaultLease)})",
        LockLimits.CheckLease);

    private readonly DurationOption _grace = new(
        "--grace", "How long the command has between SIGTERM and SIGKILL when the lock is lost, half of the lease at most "
            + "(default 10s, or a quarter of the lease)", static _ => null);

    private readonly AcquireOptions _acquire = new();
    private readonly ToolEnvironment _environment;
    private readonly ConnectionOptions _connection;

    public RunCommand(ToolEnvironment environment, ConnectionOptions connection)
        : base(
            "run",
            "Runs a command while it holds a lock, which is renewed until the command ends",
            new Example("locks run nightly-report -- report.sh", "wait for the lock, then run"),
            new Example("locks run -n cleanup -- cleanup.sh --all", "run, or exit with 75 when another host runs it"),
            new Example("locks run --wait 2m --lease 5m db:migrate -- ./migrate", "wait no longer than two minutes"))
    {
        (_environment, _connection) = (environment, connection);
        Arguments.Add(_key);
        Arguments.Add(_command);
        Options.Add(_lease);
        _acquire.AddTo(this);
        Options.Add(_grace);
        Validators.Add(CheckGrace);
        SetAction((parsed, _) => RunAsync(parsed));
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Remarks =>
    [
        "",
        $"The command finds {LockedRun.KeyVariable}, {LockedRun.FencingTokenVariable} and {LockedRun.OwnerVariable} in its environment",
        "Signals (HUP, INT, QUIT, TERM) are passed on to it, and the lock is released after its end",
        "",
        "Exit codes:",
        .. ExitCodes.All.Select(code => $"  {code.Code,-6}  {code.Meaning}"),
    ];

    private void CheckGrace(CommandResult result)
    {
        if (result.GetResult(_grace)?.GetValueOrDefault<TimeSpan?>() is { } grace
            && GracePeriod.Check(grace, result.GetResult(_lease)?.GetValueOrDefault<TimeSpan?>() ?? RunSettings.DefaultLease) is { } wrong)
        {
            result.AddError($"{_grace.Name} {wrong.Problem}");
        }
    }

    private async Task<int> RunAsync(ParseResult parsed)
    {
        var settings = Read(parsed);
        using var signals = PassedSignals.OfThisProcess();
        var connection = _environment.Connect(_connection.Read(parsed));
        await using var _ = connection.ConfigureAwait(false);
        var run = new LockedRun(settings, connection.Client, signals, static start => start.Start(), _environment);
        return await run.RunAsync().ConfigureAwait(false);
    }

    private RunSettings Read(ParseResult parsed)
    {
        var command = parsed.GetRequiredValue(_command);
        // Without it, an option of the command that this one has as well would be taken for its own.
        var behind = parsed.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash).Skip(1).Count();
        if (behind != command.Length)
            throw new UsageException("-- is needed between KEY and COMMAND, and only options before it");

        var lease = parsed.GetValue(_lease) ?? RunSettings.DefaultLease;
        return new RunSettings(parsed.GetRequiredValue(_key), _acquire.Owner(parsed, command[0]), command[0], command[1..])
        {
            Lease = lease,
            Wait = _acquire.Wait(parsed),
            Grace = parsed.GetValue(_grace) ?? GracePeriod.DefaultFor(lease),
            BusyExitCode = _acquire.BusyExitCode(parsed),
            ReportsWait = _environment.IsErrorTerminal,
        };
    }
}
