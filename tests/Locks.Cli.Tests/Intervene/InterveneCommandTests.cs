using Locks.Client;
using Locks.Testing;
using Locks.TestKit;
using Xunit;

namespace Locks.Cli.Tests.Intervene;

public sealed class InterveneCommandTests : IAsyncLifetime
{
    private const string Key = "nightly";

    private LocksFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await LocksFixture.StartAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task AForcedRelease_TakesTheLock_AndTheHolderIsToldByWhomAndWhy()
    {
        var handle = await _fixture.Client.AcquireAsync(Key, TimeSpan.Zero, TimeSpan.FromMinutes(10));

        Assert.Equal(0, await Tool().RunAsync("force-release", Key, "--reason", "the host is gone", "--by", "alice", "--yes"));

        await Eventually.FiresAsync(handle.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "alice", "the host is gone"), handle.Loss);
        await _fixture.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task TheOperator_IsTheUserOfTheMachine_UnlessGiven()
    {
        var handle = await _fixture.Client.AcquireAsync(Key, TimeSpan.Zero, TimeSpan.FromMinutes(10));

        await Tool().RunAsync("force-release", Key, "--reason", "r", "-y");

        await Eventually.FiresAsync(handle.Lost);
        Assert.Equal($"{Environment.UserName}@{Environment.MachineName}", handle.Loss!.By);
    }

    [Theory]
    [InlineData("y\n", 0)]
    [InlineData("n\n", ExitCodes.Negative)]
    [InlineData("\n", ExitCodes.Negative)]
    [InlineData("", ExitCodes.Negative)]
    public async Task APerson_IsAskedFirst(string answer, int exitCode)
    {
        await using var busy = await _fixture.Locks.BusyAsync(Key, "another host");
        var tool = new ToolUnderTest { Locks = _fixture, Input = answer, HasPerson = true };

        Assert.Equal(exitCode, await tool.RunAsync("force-release", Key, "--reason", "r"));

        Assert.Contains("'another host' has held 'nightly' for 0s. Take the lock from it? [y/N] ", tool.Errors, StringComparison.Ordinal);
        if (exitCode == 0)
            await _fixture.Locks.ShouldBeFreeAsync(Key);
        else
            await _fixture.Locks.ShouldBeHeldAsync(Key, "another host");
    }

    [Fact]
    public async Task AScript_HasToSayYes()
    {
        await using var busy = await _fixture.Locks.BusyAsync(Key, "another host");
        var tool = Tool();

        Assert.Equal(ExitCodes.Usage, await tool.RunAsync("force-release", Key, "--reason", "r"));
        Assert.Contains("--yes is missing, and standard input is no terminal to ask on", tool.Errors, StringComparison.Ordinal);
        await _fixture.Locks.ShouldBeHeldAsync(Key, "another host");
    }

    [Fact]
    public async Task AForcedReleaseOfAFreeLock_SaysThatThereWasNothingToDo()
    {
        var tool = Tool();

        Assert.Equal(ExitCodes.Negative, await tool.RunAsync("force-release", Key, "--reason", "r", "--yes"));
        Assert.Contains("the lock 'nightly' is not held; there was nothing to release", tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWaiter_IsCancelled_ByTheNameThatShowGives()
    {
        await using var busy = await _fixture.Locks.BusyAsync(Key);
        var waiting = _fixture.Client.AcquireAsync(Key, TimeSpan.FromMinutes(10));
        await _fixture.Locks.ShouldHaveWaitersAsync(Key, 1);
        var attempt = (await _fixture.Client.DescribeAsync(Key)).Queue[0].AttemptId.ToString();

        Assert.Equal(0, await Tool().RunAsync("cancel-waiter", Key, attempt, "--reason", "it blocks the others", "--by", "alice", "--yes"));

        var refused = await Assert.ThrowsAsync<LockRefusedException>(() => waiting.Within());
        Assert.Contains("alice", refused.Message, StringComparison.Ordinal);
        var again = Tool();
        var unknown = Guid.CreateVersion7().ToString();
        Assert.Equal(ExitCodes.Negative, await again.RunAsync("cancel-waiter", Key, unknown, "--reason", "r", "--yes"));
        Assert.Contains("does not wait for the lock 'nightly'; nothing was cancelled", again.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("force-release nightly --yes", "Option '--reason' is required.")]
    [InlineData("cancel-waiter nightly x --reason r --yes", "ATTEMPT is 'x'; it must be the UUID that 'locks show' names")]
    public async Task AWrongCommandLine_IsRefused(string line, string problem)
    {
        var tool = Tool();

        Assert.Equal(ExitCodes.Usage, await tool.RunAsync(line.Split(' ')));
        Assert.Contains(problem, tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AReasonThatIsTooLong_IsRefused()
    {
        var tool = Tool();

        Assert.Equal(ExitCodes.Usage, await tool.RunAsync("force-release", Key, "--reason", new string('r', 513), "--yes"));
        Assert.Contains("--reason has 513 UTF-8 bytes; the limit is 512", tool.Errors, StringComparison.Ordinal);
    }

    private ToolUnderTest Tool() => new() { Locks = _fixture };
}
