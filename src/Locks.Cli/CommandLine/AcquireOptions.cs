using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Locks.Contracts;

namespace Locks.Cli.CommandLine;

/// <summary>How a lock is waited for, of every command that acquires one.</summary>
internal sealed class AcquireOptions
{
    private readonly DurationOption _wait = new("--wait", "How long to wait for the lock (default until it is granted)", CheckWait, "-w");

    private readonly Option<bool> _noWait = new("--no-wait", "-n") { Description = "Do not wait when the lock is busy" };

    private readonly Option<int?> _busyExitCode = new("--conflict-exit-code", "-E")
    {
        Description = $"What to exit with when the lock was not granted, 0 to 255 (default {ExitCodes.Busy})",
        HelpName = "CODE",
        CustomParser = ParseExitCode,
    };

    private readonly TextOption _owner = new(
        "--owner", "Who holds the lock, for people who look at it (default user, machine, command and process)", LockLimits.CheckOwner);

    public void AddTo(Command command)
    {
        command.Options.Add(_wait);
        command.Options.Add(_noWait);
        command.Options.Add(_busyExitCode);
        command.Options.Add(_owner);
        command.Validators.Add(Check);
    }

    public TimeSpan Wait(ParseResult parsed) =>
        parsed.GetValue(_noWait) ? TimeSpan.Zero : parsed.GetValue(_wait) ?? Timeout.InfiniteTimeSpan;

    public int BusyExitCode(ParseResult parsed) => parsed.GetValue(_busyExitCode) ?? ExitCodes.Busy;

    /// <summary>The owner; where none is given, who runs what, where.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="command">What is run.</param>
    public string Owner(ParseResult parsed, string command)
    {
        if (parsed.GetValue(_owner) is { } given)
            return given;

        // The name of a program alone: what follows it may be a secret. A name may have 255 bytes, and an owner 256.
        const int LongestName = 64;
        var name = Path.GetFileName(command);
        name = name.Length > LongestName ? name[..LongestName] : name;
        return $"{Environment.UserName}@{Environment.MachineName} {name} {Environment.ProcessId}";
    }

    private static ValidationError? CheckWait(TimeSpan wait) => wait == TimeSpan.Zero ? null : LockLimits.CheckWait(wait);

    private static int? ParseExitCode(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return code;

        result.AddError($"--conflict-exit-code is '{text}'; it must be between 0 and 255");
        return null;
    }

    private void Check(CommandResult result)
    {
        if (result.GetResult(_wait) is not null && result.GetResult(_noWait) is not null)
            result.AddError("--wait and --no-wait exclude each other");
    }
}
