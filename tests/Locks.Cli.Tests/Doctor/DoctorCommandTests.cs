using Locks.Cli.Doctor;
using Locks.TestKit;
using Xunit;

namespace Locks.Cli.Tests.Doctor;

public sealed class DoctorCommandTests
{
    private static readonly CheckResult Broker = CheckResult.Ok("broker", "amqp://rabbit:5672/, RabbitMQ 4.1.0");

    [Fact]
    public async Task WhereLocksWork_ItExitsWithZero_AndLeavesNoLock()
    {
        await using var locks = await LocksFixture.StartAsync();
        var tool = new ToolUnderTest { Locks = locks, Broker = [Broker], Variables = { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://secret@collector" } };

        Assert.Equal(0, await tool.RunAsync("doctor"));

        // One coordinator is worth a warning, and no failure.
        Assert.Equal(
            ["broker OK", "coordinators WARN", "partitions OK", "versions OK", "clocks OK", "store OK", "round trip OK", "telemetry OK"],
            Rows(tool).Select(row => $"{row[0]} {row[1]}"));
        Assert.Contains("OTEL_EXPORTER_OTLP_ENDPOINT set", tool.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", tool.Output, StringComparison.Ordinal);
        Assert.Equal("Free", (await locks.Client.DescribeAsync($"locks-doctor/{Environment.MachineName}/{Environment.ProcessId}")).State);
    }

    [Fact]
    public async Task WithoutACoordinator_ItFails_AndSaysWhatToDo()
    {
        await using var locks = await LocksFixture.StartAsync();
        using var away = locks.Locks.Unreachable();
        var tool = new ToolUnderTest { Locks = locks, Broker = [Broker] };

        Assert.Equal(ExitCodes.Negative, await tool.RunAsync("doctor"));

        Assert.Contains(Rows(tool), row => row[1] == CheckStatus.Fail && row[3].Contains("look in the coordinators' logs", StringComparison.Ordinal));
    }

    [Fact]
    public async Task WithoutABroker_NothingElseIsTried_AndTheOutputIsTheApprovedOne()
    {
        var failure = CheckResult.Fail("broker", "amqp://rabbit:5672/ can't be used: refused", "check the address");
        var text = new ToolUnderTest { Broker = [failure] };
        var json = new ToolUnderTest { Broker = [failure] };

        Assert.Equal(ExitCodes.Negative, await text.RunAsync("doctor"));
        Assert.Equal(ExitCodes.Negative, await json.RunAsync("doctor", "--json"));

        var output = string.Join('\n', (text.Output + json.Output).Split('\n').Select(line => line.TrimEnd()));
        Approved.Verify("tests/Locks.Cli.Tests/Approved/doctor.txt", output);
    }

    /// <summary>The cells of each row, whose columns begin where those of the heading do.</summary>
    private static List<string[]> Rows(ToolUnderTest tool)
    {
        var lines = tool.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int[] begins = [.. new[] { "CHECK", "STATUS", "FOUND", "WHAT TO DO" }.Select(column => lines[0].IndexOf(column, StringComparison.Ordinal))];
        return
        [
            .. lines.Skip(1).Select(line => line.PadRight(begins[3] + 1)).Select(line => new[]
            {
                line[..begins[1]].Trim(), line[begins[1]..begins[2]].Trim(), line[begins[2]..begins[3]].Trim(), line[begins[3]..].Trim(),
            }),
        ];
    }
}
