using Locks.Cli.CommandLine;
using Xunit;

namespace Locks.Cli.Tests.CommandLine;

public sealed class UsageTests
{
    public static TheoryData<string, string> Wrong => new()
    {
        { "run", "Required argument missing" },
        { "run k", "Required argument missing" },
        { "run k --lease x -- true", "--lease is 'x'; it must be a duration such as 30s, 5m or 1h30m" },
        { "run k --lease 25h -- true", "--lease is 1.01:00:00; it must be between 00:00:00.1000000 and 1.00:00:00" },
        { "run k --wait 25h -- true", "--wait is 1.01:00:00; it must be between 00:00:00.0010000 and 1.00:00:00" },
        { "run k --wait 5s --no-wait -- true", "--wait and --no-wait exclude each other" },
        { "run k --grace 31s -- true", "--grace is 31s; it must be between 0 and half of the lease, which is 30s" },
        { "run k --lease 10s --grace 6s -- true", "--grace is 6s; it must be between 0 and half of the lease, which is 5s" },
        { "run k -E 256 -- true", "--conflict-exit-code is '256'; it must be between 0 and 255" },
        { "run k -E x -- true", "--conflict-exit-code is 'x'; it must be between 0 and 255" },
        { "run k --request-timeout 1ms -- true", "--request-timeout is 1ms; it must be between 100ms and 10m" },
        { "run k --lese 5s -- true", "-- is needed between KEY and COMMAND, and only options before it" },
        { "run k true -n", "-- is needed between KEY and COMMAND" },
        { "run -- k true", "-- is needed between KEY and COMMAND" },
        { "walk", "Unrecognized command or argument 'walk'" },
        { "", "Required command was not provided" },
        { $"run {new string('k', 513)} -- true", "KEY has 513 UTF-8 bytes; the limit is 512" },
        { $"run k --owner {new string('o', 257)} -- true", "--owner has 257 UTF-8 bytes; the limit is 256" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task AWrongCommandLine_IsRefused_WithWhatIsWrong_AndNothingIsConnected(string line, string problem)
    {
        var tool = new ToolUnderTest();

        var exitCode = await tool.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCodes.Usage, exitCode);
        Assert.Contains(problem, tool.Errors, StringComparison.Ordinal);
        Assert.All(tool.Errors.TrimEnd().Split('\n'), error => Assert.StartsWith("locks: ", error, StringComparison.Ordinal));
        Assert.Contains("--help'", tool.Errors, StringComparison.Ordinal);
        Assert.Empty(tool.Output);
        Assert.Null(tool.Settings);
    }

    [Theory]
    [InlineData("http://host/")]
    [InlineData("inmemory")]
    [InlineData("user:secret@host")]
    [InlineData("amqp://user:secret@host/a/b")]
    public async Task AWrongBroker_IsRefused_WithoutItsPassword(string broker)
    {
        var tool = new ToolUnderTest { Variables = { ["LOCKS_BROKER"] = broker } };

        Assert.Equal(ExitCodes.Usage, await tool.RunAsync("run", "k", "--", "true"));
        Assert.Contains("LOCKS_BROKER is '", tool.Errors, StringComparison.Ordinal);
        Assert.Contains("it must be amqp://user:password@host:5672/virtual-host", tool.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheBroker_ComesFromTheOption_ThenFromTheEnvironment_ThenIsTheDefault()
    {
        async Task<string> BrokerOf(ToolUnderTest tool, params string[] options)
        {
            await tool.RunAsync(["run", "k", .. options, "--", "true"]);
            return $"{tool.Settings!.Broker} {tool.Settings.QueueName}";
        }

        Assert.Equal("amqp://localhost:5672/ locks", await BrokerOf(new()));
        Assert.Equal(
            "amqps://b:5671/v other",
            await BrokerOf(new() { Variables = { ["LOCKS_BROKER"] = "amqps://u:p@b/v", ["LOCKS_QUEUE"] = "other" } }));
        Assert.Equal(
            "amqp://c:1/ third",
            await BrokerOf(
                new() { Variables = { ["LOCKS_BROKER"] = "amqp://b", ["LOCKS_QUEUE"] = "other" } },
                "--broker", "amqp://c:1", "--queue", "third"));
    }

    [Fact]
    public async Task ADefect_IsReported_WithAnExitCodeOfItsOwn()
    {
        var tool = new ToolUnderTest();

        Assert.Equal(ExitCodes.Defect, await tool.RunAsync("run", "k", "--", "true"));
        Assert.Contains("This test has no locks.", tool.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheVersion_IsThatOfTheTool()
    {
        var tool = new ToolUnderTest();

        Assert.Equal(ExitCodes.Done, await tool.RunAsync("--version"));
        Assert.Equal($"locks {ToolVersion.Text}\n", tool.Output);
    }
}
