using System.Runtime.InteropServices;
using Locks.Cli.CommandLine;
using Locks.Cli.Processes;
using Locks.Cli.Run;
using Locks.Client;
using Locks.Testing;
using Locks.TestKit;
using Xunit;

namespace Locks.Cli.Tests.Run;

public sealed class LockedRunTests : IAsyncLifetime
{
    private const string Key = "nightly";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly PassedSignals _signals = new();
    private LocksFixture _fixture = null!;
    private ToolUnderTest _tool = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await LocksFixture.StartAsync();
        _tool = new ToolUnderTest { Locks = _fixture };
    }

    public ValueTask DisposeAsync()
    {
        _signals.Dispose();
        return _fixture.DisposeAsync();
    }

    [Fact]
    public async Task TheCommand_RunsUnderTheLock_AndItsExitCodeIsTheTools()
    {
        using var command = new FakeCommand();
        var run = RunAsync(command);

        var start = await command.Started.Within();
        var description = await _fixture.Client.DescribeAsync(Key);
        command.End(42);

        Assert.Equal(42, await run.Within());
        Assert.Equal(("backup", Lease), (description.Holder!.Owner, description.Holder.Ttl));
        Assert.Equal(["backup.sh", "--all"], [start.Program, .. start.Arguments]);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["LOCKS_KEY"] = Key,
                ["LOCKS_OWNER"] = "backup",
                ["LOCKS_FENCING_TOKEN"] = $"{description.Holder.FencingToken}",
            },
            start.Variables);
        await _fixture.Locks.ShouldBeFreeAsync(Key);
        Assert.Empty(_tool.Errors);
    }

    [Fact]
    public async Task TheLock_IsRenewed_WhileTheCommandRuns()
    {
        using var command = new FakeCommand();
        var run = RunAsync(command);
        await command.Started.Within();

        await _fixture.Locks.AdvanceAsync(Lease * 10);

        await _fixture.Locks.ShouldBeHeldAsync(Key, "backup");
        command.End(0);
        Assert.Equal(0, await run.Within());
    }

    [Fact]
    public async Task ABusyLock_EndsATry_WithItsOwnExitCode_AndTellsWhoHoldsIt()
    {
        await using var busy = await _fixture.Locks.BusyAsync(Key, "another host");
        using var command = new FakeCommand();

        var exitCode = await RunAsync(command, settings => settings with { Wait = TimeSpan.Zero, BusyExitCode = 5 }).Within();

        Assert.Equal(5, exitCode);
        Assert.False(command.Started.IsCompleted);
        Assert.StartsWith("locks: the lock 'nightly' is busy. It is held by 'another host'", _tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALockThatStaysBusy_EndsAWait()
    {
        await using var busy = await _fixture.Locks.BusyAsync(Key, "another host");
        using var command = new FakeCommand();
        var run = RunAsync(command, settings => settings with { Wait = TimeSpan.FromMinutes(2) });
        await _fixture.Locks.ShouldHaveWaitersAsync(Key, 1);

        await _fixture.Locks.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(ExitCodes.Busy, await run.Within());
        Assert.Contains("is busy; waited 2m.", _tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALockThatBecomesFree_EndsAWaitWithoutLimit_AndTheCommandRuns()
    {
        var busy = await _fixture.Locks.BusyAsync(Key);
        using var command = new FakeCommand();
        var run = RunAsync(command);
        await _fixture.Locks.ShouldHaveWaitersAsync(Key, 1);

        await busy.ReleaseAsync();

        await command.Started.Within();
        command.End(0);
        Assert.Equal(0, await run.Within());
    }

    [Fact]
    public async Task AnOperatorWhoCancelsTheWait_EndsIt_AsABusyLockDoes()
    {
        await using var busy = await _fixture.Locks.BusyAsync(Key);
        using var command = new FakeCommand();
        var run = RunAsync(command);
        await _fixture.Locks.ShouldHaveWaitersAsync(Key, 1);
        var waiter = (await _fixture.Client.DescribeAsync(Key)).Queue[0];

        await _fixture.Client.CancelWaiterAsync(Key, waiter.AttemptId, "alice", "not tonight");

        Assert.Equal(ExitCodes.Busy, await run.Within());
        Assert.Contains("alice", _tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutACoordinator_TheToolSaysWhy()
    {
        using var away = _fixture.Locks.Unreachable();
        using var command = new FakeCommand();

        await Assert.ThrowsAsync<LockUnavailableException>(() => RunAsync(command).Within());
        Assert.False(command.Started.IsCompleted);
    }

    /// <summary>The last moment at which the command can be asked to end, so that its grace ends before its lease does.</summary>
    [Fact]
    public async Task ALockThatCannotBeRenewed_EndsTheCommand_SoThatItsGraceEndsWithItsLease()
    {
        using var command = new FakeCommand { HeedsTerminate = false };
        var run = RunAsync(command);
        await command.Started.Within();
        using var away = _fixture.Locks.Unreachable();

        // The lease of 60 s, less the safety margin of 500 ms and the grace of 10 s.
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(49.4));
        Assert.Empty(command.Received);
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(0.2));
        await Eventually.HoldsAsync(() => command.Received.Contains("terminate"));
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(9.6));
        Assert.DoesNotContain("kill", command.Received);
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(0.35));

        // 59.55 s after the grant: before the coordinator could grant it to another owner.
        await Eventually.HoldsAsync(() => command.Received.Contains("kill"));
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(ExitCodes.Lost, await run.Within());
        Assert.Contains("can't be renewed; the command is ended before its lease is over", _tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACommandThatHeedsTheRequest_IsNotKilled()
    {
        using var command = new FakeCommand();
        var run = RunAsync(command);
        await command.Started.Within();
        using (_fixture.Locks.Unreachable())
            await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(50));

        Assert.Equal(ExitCodes.Lost, await run.Within());
        Assert.Equal(["terminate", "dispose"], command.Received);
    }

    [Fact]
    public async Task WhatTheCommandLeavesBehind_IsEndedToo()
    {
        using var command = new FakeCommand { HeedsTerminate = false };
        var run = RunAsync(command);
        await command.Started.Within();

        await _fixture.Client.RevokeAsync(Key, "alice");
        await Eventually.HoldsAsync(() => command.Received.Contains("terminate"));
        command.End(0, leavesDescendants: true);
        await _fixture.Locks.AdvanceAsync(Grace + TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync(() => command.Received.Contains("kill"));
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(3));

        Assert.Equal(ExitCodes.Lost, await run.Within());
    }

    [Fact]
    public async Task ARevokedLock_EndsTheCommand_WithItsGrace_AndTellsWhoAndWhy()
    {
        using var command = new FakeCommand { HeedsTerminate = false };
        var run = RunAsync(command);
        await command.Started.Within();

        await _fixture.Client.RevokeAsync(Key, "alice", "it hangs");

        await Eventually.HoldsAsync(() => command.Received.Contains("terminate"));
        await _fixture.Locks.AdvanceAsync(Grace - TimeSpan.FromSeconds(1));
        Assert.DoesNotContain("kill", command.Received);
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(2));
        await Eventually.HoldsAsync(() => command.Received.Contains("kill"));
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(ExitCodes.Lost, await run.Within());
        Assert.Contains("is lost (Revoked by alice: it hangs); the command is ended", _tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutGrace_TheCommandRunsToTheEndOfItsLease_AndIsKilled()
    {
        using var command = new FakeCommand();
        var run = RunAsync(command, settings => settings with { Grace = TimeSpan.Zero });
        await command.Started.Within();
        using var away = _fixture.Locks.Unreachable();

        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(59.4));
        Assert.Empty(command.Received);
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(0.2));

        await Eventually.HoldsAsync(() => command.Received.Contains("kill"));
        await _fixture.Locks.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(ExitCodes.Lost, await run.Within());
        Assert.DoesNotContain("terminate", command.Received);
    }

    [Fact]
    public async Task ACommandThatCannotBeStarted_ReleasesTheLock()
    {
        var exitCode = await RunAsync(_ => throw new CommandNotStartedException("backup.sh", "No such file or directory", 127)).Within();

        Assert.Equal(127, exitCode);
        Assert.Contains("cannot run 'backup.sh': No such file or directory", _tool.Errors, StringComparison.Ordinal);
        await _fixture.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task ASignalWhileTheLockIsWaitedFor_EndsTheWait()
    {
        await using var busy = await _fixture.Locks.BusyAsync(Key);
        using var command = new FakeCommand();
        var run = RunAsync(command);
        await _fixture.Locks.ShouldHaveWaitersAsync(Key, 1);

        _signals.OnSignal(PosixSignal.SIGTERM);

        Assert.Equal(143, (await Assert.ThrowsAsync<InterruptedException>(() => run.Within())).ExitCode);
        await _fixture.Locks.ShouldHaveNoWaitersAsync(Key);
        Assert.False(command.Started.IsCompleted);
    }

    [Fact]
    public async Task ASignalWhileTheCommandRuns_IsTheCommands_AndTheLockIsHeldUntilItHasEnded()
    {
        using var command = new FakeCommand();
        var run = RunAsync(command);
        await command.Started.Within();
        await _fixture.Locks.ShouldBeHeldAsync(Key, "backup");

        await Eventually.HoldsAsync(() =>
        {
            _signals.OnSignal(PosixSignal.SIGINT);
            return !command.Received.IsEmpty;
        });

        Assert.Equal("SIGINT", command.Received.First());
        await _fixture.Locks.ShouldBeHeldAsync(Key, "backup");
        command.End(7);
        Assert.Equal(7, await run.Within());
        await _fixture.Locks.ShouldBeFreeAsync(Key);
    }

    private Task<int> RunAsync(FakeCommand command, Func<RunSettings, RunSettings>? with = null) => RunAsync(command.Start, with);

    private Task<int> RunAsync(Func<CommandStart, ICommand> start, Func<RunSettings, RunSettings>? with = null)
    {
        var settings = new RunSettings(Key, "backup", "backup.sh", ["--all"]) { Lease = Lease, Grace = Grace };
        return new LockedRun(with?.Invoke(settings) ?? settings, _fixture.Client, _signals, start, _tool.Environment).RunAsync();
    }
}
