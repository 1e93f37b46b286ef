using System.Globalization;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Cli;

/// <summary><c>locks run</c> as real processes over the real broker.</summary>
public sealed class LockedRunProcessTests(ToolFixture fixture) : IClassFixture<ToolFixture>
{
    private const string HoldUntilALineComes = """echo "started $LOCKS_KEY $LOCKS_FENCING_TOKEN $LOCKS_OWNER"; read -r line; exit 3""";

    private const int Limit = 120_000;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    [Fact(Timeout = Limit)]
    public async Task TheSecondOfTwo_Waits_AndStartsWhenTheFirstEnds_WhileATryIsBusy()
    {
        const string Key = "two";
        await using var first = fixture.Start("run", Key, "--owner", "the first", "--", "sh", "-c", HoldUntilALineComes);
        var environment = (await first.WritesAsync("started ")).Split(' ', 3);
        await using var second = fixture.Start("run", "-w", "1m", Key, "--", "sh", "-c", "echo started; kill -KILL $$");
        await using var third = fixture.Start("run", "-n", Key, "--", "true");
        Assert.Equal(75, await third.ExitAsync());
        Assert.StartsWith("locks: the lock 'two' is busy. It is held by 'the first' since", third.Errors, StringComparison.Ordinal);
        await Eventually.HoldsAsync(async () => (await fixture.Client.DescribeAsync(Key)).Waiters == 1);
        Assert.DoesNotContain("started", second.Output, StringComparison.Ordinal);

        await first.SendLineAsync("end");

        Assert.Equal(3, await first.ExitAsync());
        await second.WritesAsync("started");
        Assert.Equal(128 + 9, await second.ExitAsync());
        var found = await fixture.Client.DescribeAsync(Key);
        Assert.Equal("Free", found.State);
        Assert.Equal((Key, "the first"), (environment[0], environment[2]));
        Assert.InRange(long.Parse(environment[1], CultureInfo.InvariantCulture), 1, found.LastFencingToken - 1);
    }

    /// <summary>The command of a tool that was killed ends by itself, and before another owner gets the lock.</summary>
    [Fact(Timeout = Limit)]
    public async Task WhenTheFirstIsKilled_ItsCommandEnds_AndTheSecondStartsAfterTheLease()
    {
        await using var first = fixture.Start(
            "run", "--lease", $"{Lease.TotalSeconds}", "--grace", "500ms", "killed", "--", "sh", "-c", "echo pid $$; exec sleep 600");
        var process = await first.WritesAsync("pid ");
        await using var second = fixture.Start(
            "run", "killed", "--", "sh", "-c", $"kill -0 {process} 2>/dev/null && echo alive; echo started");
        await Eventually.HoldsAsync(async () => (await fixture.Client.DescribeAsync("killed")).Waiters == 1);
        var since = TimeProvider.System.GetTimestamp();

        first.Kill();

        await second.WritesAsync("started");
        // Renewed every third of it.
        Assert.InRange(TimeProvider.System.GetElapsedTime(since), Lease / 2, TimeSpan.FromSeconds(30));
        Assert.Equal("started", second.Output);
        Assert.Equal(0, await second.ExitAsync());
    }

    [Fact(Timeout = Limit)]
    public async Task WhenTheLockIsLost_TheWholeTreeEnds_WithItsGrace()
    {
        // All of them ignore SIGTERM, and one has left the command's group and session, and outlived its parent.
        const string Tree = "trap '' TERM; (setsid sleep 600 & echo left $!); sleep 600 & echo child $!; echo own $$; wait; sleep 600";
        await using var run = fixture.Start("run", "--grace", "500ms", "lost", "--", "sh", "-c", Tree);
        string[] processes = [await run.WritesAsync("left "), await run.WritesAsync("child "), await run.WritesAsync("own ")];
        Assert.All(processes, process => Assert.True(IsRunning(process)));

        Assert.True(await fixture.Client.RevokeAsync("lost", "alice", "it hangs"));

        Assert.Equal(79, await run.ExitAsync());
        Assert.Contains("locks: the lock 'lost' is lost (Revoked by alice: it hangs);", run.Errors, StringComparison.Ordinal);
        Assert.All(processes, process => Assert.False(IsRunning(process)));
    }

    [Fact(Timeout = Limit)]
    public async Task ASignal_ReachesTheCommand_AndTheLockIsReleasedAfterItsEnd()
    {
        const string Trap = "trap 'echo caught; read -r line; exit 9' TERM; echo ready; while :; do sleep 0.05; done";
        await using var run = fixture.Start("run", "signal", "--", "sh", "-c", Trap);
        await run.WritesAsync("ready");

        await run.SignalAsync("TERM");

        await run.WritesAsync("caught");
        Assert.Equal("Held", (await fixture.Client.DescribeAsync("signal")).State);
        await run.SendLineAsync("end");
        Assert.Equal(9, await run.ExitAsync());
        Assert.Equal("Free", (await fixture.Client.DescribeAsync("signal")).State);
    }

    /// <summary>The command has the keyboard: it reads, Ctrl-Z does not stop it, and Ctrl-C is for it alone.</summary>
    [Fact(Timeout = Limit)]
    public async Task OnATerminal_TheKeysAreTheCommands()
    {
        const string Command = "trap \"echo caught; exit 4\" INT; echo ready; read line; echo \"got $line\"; while :; do sleep 0.05; done";
        await using var run = fixture.StartOnTerminal($"run terminal -- sh -c '{Command}'");
        // Nothing is written before the command writes, so the terminal is as it was.
        await run.WritesAsync("ready");

        await run.TypeAsync("\u001aa line\n");
        await Eventually.HoldsAsync(() => run.Output.Contains("got a line", StringComparison.Ordinal));
        await run.TypeAsync("\u0003");

        Assert.Equal(4, await run.ExitAsync());
        Assert.Contains("caught", run.Output, StringComparison.Ordinal);
        Assert.Equal("Free", (await fixture.Client.DescribeAsync("terminal")).State);
    }

    [Fact(Timeout = Limit)]
    public async Task WhatCannotRun_EndsAsInAShell_AndABrokerThatIsAway_WithinSecondsOfTheAnswer()
    {
        await using var missing = fixture.Start("run", "missing", "--", "no-such-program");
        await using var folder = fixture.Start("run", "folder", "--", "/");
        var start = TimeProvider.System.GetTimestamp();
        await using var away = fixture.Start(
            "run", "--broker", "amqp://user:secret@127.0.0.1:1/", "--request-timeout", "1s", "k", "--", "true");

        Assert.Equal(69, await away.ExitAsync());
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
        Assert.Contains("This process has no connection to the broker at rabbitmq://127.0.0.1:1", away.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", away.Errors, StringComparison.Ordinal);
        Assert.Equal(127, await missing.ExitAsync());
        Assert.Contains("cannot run 'no-such-program': No such file or directory", missing.Errors, StringComparison.Ordinal);
        Assert.Equal(126, await folder.ExitAsync());
        Assert.Equal("Free", (await fixture.Client.DescribeAsync("folder")).State);
    }

    private static bool IsRunning(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
