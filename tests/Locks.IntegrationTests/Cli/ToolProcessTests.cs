using System.Text.Json;
using Xunit;

namespace Locks.IntegrationTests.Cli;

/// <summary>The other commands as real processes over the real broker.</summary>
public sealed class ToolProcessTests(ToolFixture fixture) : IClassFixture<ToolFixture>
{
    private const int Limit = 120_000;

    [Fact(Timeout = Limit)]
    public async Task TheDoctor_FindsWhatWorks_AndWhatDoesNot()
    {
        await using var well = fixture.Start("doctor", "--json");
        await using var wrongPassword = fixture.Start("doctor", "--json", "--broker", WithPassword("secret"));
        await using var wrongQueue = fixture.Start("doctor", "--json", "--queue", "no-such-queue");

        Assert.Equal(0, await well.ExitAsync());
        Assert.Equal(
            ["broker", "permissions", "queue", "coordinators", "partitions", "versions", "clocks", "store", "round trip", "telemetry"],
            Results(well).Select(result => result.Check));
        Assert.DoesNotContain(Results(well), result => result.Status == "FAIL");

        Assert.Equal(1, await wrongPassword.ExitAsync());
        Assert.Equal(["broker"], Failures(wrongPassword));
        Assert.Contains("check the user and the password", wrongPassword.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", wrongPassword.Output + wrongPassword.Errors, StringComparison.Ordinal);

        Assert.Equal(1, await wrongQueue.ExitAsync());
        Assert.Equal(["queue"], Failures(wrongQueue));
    }

    /// <summary>Each step is a process, and has nothing of the one before but its owner token.</summary>
    [Fact(Timeout = Limit)]
    public async Task AScript_HoldsALockAcrossProcesses_AndAnOperatorSeesAndTakesIt()
    {
        await using var acquire = fixture.Start("acquire", "script", "--lease", "1h", "--owner", "a script");
        Assert.Equal(0, await acquire.ExitAsync());
        await using var list = fixture.Start("list", "--prefix", "script");
        await using var renew = fixture.Start("renew", "script", "--lease", "2h", "--token-file", "-");
        await renew.SendLineAsync(acquire.Output);
        Assert.Equal((0, 0), (await list.ExitAsync(), await renew.ExitAsync()));
        Assert.Matches(@"\nscript +Held +a script ", list.Output);
        var holder = (await fixture.Client.DescribeAsync("script")).Holder!;
        Assert.InRange(holder.TimeLeft, TimeSpan.FromHours(1), TimeSpan.FromHours(2));

        await using var force = fixture.Start("force-release", "script", "--reason", "over", "--yes");
        Assert.Equal(0, await force.ExitAsync());
        await using var release = fixture.Start("release", "script", "--token-file", "-");
        await release.SendLineAsync(acquire.Output);

        Assert.Equal(79, await release.ExitAsync());
        Assert.Equal("Free", (await fixture.Client.DescribeAsync("script")).State);
    }

    private static string WithPassword(string password) =>
        new UriBuilder(TestServices.RabbitMq) { UserName = "guest", Password = password }.Uri.ToString();

    private static IEnumerable<string> Failures(ToolProcess tool) =>
        Results(tool).Where(result => result.Status == "FAIL").Select(result => result.Check);

    private static IEnumerable<(string Check, string Status)> Results(ToolProcess tool) => tool.Output.Split('\n')
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Select(result => (result.GetProperty("check").GetString()!, result.GetProperty("status").GetString()!));
}
