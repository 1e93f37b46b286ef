using System.Globalization;
using Locks.Cli.CommandLine;
using Locks.Cli.Processes;
using Locks.Client;

namespace Locks.Cli.Run;

/// <summary>Runs a command while it holds a lock.</summary>
/// <param name="settings">What to run, and how.</param>
/// <param name="client">The lock client.</param>
/// <param name="signals">The signals for this process.</param>
/// <param name="start">Starts the command.</param>
/// <param name="environment">Where to report to, and the clock.</param>
internal sealed class LockedRun(
    RunSettings settings, ILockClient client, PassedSignals signals, Func<CommandStart, ICommand> start, ToolEnvironment environment)
{
    /// <summary>What the command finds in its environment.</summary>
    public const string KeyVariable = "LOCKS_KEY";

    /// <summary>What the command finds in its environment.</summary>
    public const string FencingTokenVariable = "LOCKS_FENCING_TOKEN";

    /// <summary>What the command finds in its environment.</summary>
    public const string OwnerVariable = "LOCKS_OWNER";

    private static readonly TimeSpan SafetyMargin = new LockClientOptions().SafetyMargin;

    /// <returns>The tool's exit code.</returns>
    public async Task<int> RunAsync()
    {
        ILockHandle handle;
        try
        {
            handle = await AcquireAsync().ConfigureAwait(false);
        }
        catch (LockTimeoutException busy)
        {
            environment.Report($"the lock '{settings.Key}' is busy{Waited()}. {busy.Holder}".TrimEnd());
            return settings.BusyExitCode;
        }
        catch (LockRefusedException refused)
        {
            environment.Report(refused.Message);
            return settings.BusyExitCode;
        }
        catch (OperationCanceledException) when (signals.Interrupted.IsCancellationRequested)
        {
            throw signals.Explain();
        }

        if (signals.Interrupted.IsCancellationRequested)
        {
            await ReleaseAsync(handle).ConfigureAwait(false);
            throw signals.Explain();
        }

        var exitCode = await RunUnderAsync(handle).ConfigureAwait(false);
        var wasHeld = await ReleaseAsync(handle).ConfigureAwait(false);
        if (wasHeld || exitCode == ExitCodes.Lost)
            return exitCode;

        environment.Report($"the lock '{settings.Key}' was lost just before the command ended with {exitCode}");
        return ExitCodes.Lost;
    }

    private async Task<ILockHandle> AcquireAsync()
    {
        var options = new LockOptions
        {
            Lease = settings.Lease,
            Owner = settings.Owner,
            AutoRenew = true,
            AtRiskAfter = GracePeriod.ShareBefore(settings.Grace, settings.Lease, SafetyMargin),
            Progress = settings.ReportsWait ? new Progress<WaitingStatus>(Report) : null,
        };
        return await client.AcquireAsync(settings.Key, settings.Wait, options, signals.Interrupted).ConfigureAwait(false);
    }

    private async Task<int> RunUnderAsync(ILockHandle handle)
    {
        ICommand command;
        try
        {
            command = start(ToStart(handle));
        }
        catch (CommandNotStartedException failure)
        {
            environment.Report(failure.Message);
            return failure.ExitCode;
        }

        using (command)
        {
            signals.PassTo(command);
            return await SuperviseAsync(handle, command).ConfigureAwait(false);
        }
    }

    private CommandStart ToStart(ILockHandle handle)
    {
        var variables = new Dictionary<string, string>
        {
            [KeyVariable] = settings.Key,
            [FencingTokenVariable] = handle.FencingToken.ToString(CultureInfo.InvariantCulture),
            [OwnerVariable] = settings.Owner,
        };
        return new CommandStart(settings.Program, settings.Arguments, variables, settings.Grace);
    }

    private async Task<int> SuperviseAsync(ILockHandle handle, ICommand command)
    {
        var lost = WhenFired(handle.Lost);
        // Without a grace there is nothing to do before the lock is lost.
        var isAtRisk = settings.Grace > TimeSpan.Zero ? WhenFired(handle.AtRisk) : lost;
        await Task.WhenAny(command.Exit, isAtRisk, lost).ConfigureAwait(false);
        if (command.Exit.IsCompleted)
            return await command.Exit.ConfigureAwait(false);

        var loss = handle.Loss;
        environment.Report(
            loss is null
                ? $"the lock '{settings.Key}' can't be renewed; the command is ended before its lease is over"
                : $"the lock '{settings.Key}' is lost ({LossText.Of(loss)}); the command is ended");
        var ending = new CommandEnding(command, settings.Grace, environment.Time);
        var leaseIsOver = CommandEnding.HasGrace(loss) ? CommandEnding.Never : lost;
        if (!await ending.EndAsync(leaseIsOver).ConfigureAwait(false))
            environment.Report("a process of the command could not be ended, and runs without the lock");
        return ExitCodes.Lost;
    }

    /// <summary>Releases the lock. One that can't be released ends with its lease; the command has done its work.</summary>
    private async Task<bool> ReleaseAsync(ILockHandle handle)
    {
        try
        {
            return await handle.ReleaseAsync().ConfigureAwait(false);
        }
        catch (LockUnavailableException unanswered)
        {
            environment.Report($"the release of the lock '{settings.Key}' was not answered; it ends with its lease. {unanswered.Message}");
            return true;
        }
    }

    private void Report(WaitingStatus status) => environment.Report(
        $"waiting for the lock '{settings.Key}', rank {status.Rank}{(status.HolderOwner is { } owner ? $", held by '{owner}'" : "")}");

    private string Waited() =>
        settings.Wait <= TimeSpan.Zero ? "" : $"; waited {Duration.Format(settings.Wait)}";

    private static Task WhenFired(CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.Register(static source => ((TaskCompletionSource)source!).TrySetResult(), fired);
        return fired.Task;
    }
}
