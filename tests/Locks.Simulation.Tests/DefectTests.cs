using System.Globalization;
using Xunit;

namespace Locks.Simulation.Tests;

/// <summary>
/// A checker that finds nothing may be blind: each deliberate defect has to be found within a few seeds. The first one to run is the one that
/// found it when the test was written, to keep the test short; most changes of the product change the histories of all seeds.
/// </summary>
public sealed class DefectTests
{
    private const string Seeds = "40";

    [Theory]
    [InlineData("ForgetVersion", "1")]
    [InlineData("ReplyBeforeCommit", "1")]
    [InlineData("KeepStaleCache", "1")]
    [InlineData("LoseCommit", "1")]
    [InlineData("ReuseFence", "1")]
    [InlineData("LeaseFromAnswer", "38")]
    [InlineData("IgnoreCancel", "1")]
    [InlineData("GrantOutOfOrder", "1")]
    [InlineData("MisrouteReply", "1")]
    [InlineData("DenyLoss", "1")]
    [InlineData("NoSweep", "1")]
    [InlineData("ForgetEnded", "1")]
    [InlineData("ForgetDeadlines", "1")]
    [InlineData("PurgeHeld", "1")]
    [InlineData("StaleRead", "1")]
    [InlineData("ShortLease", "1")]
    [InlineData("FollowWallClock", "1")]
    [InlineData("SlowClock", "1")]
    [InlineData("RenewFromAnswer", "283")]
    [InlineData("ForgetCooldown", "1")]
    [InlineData("RevokeAny", "4")]
    [InlineData("ForgetLeaseVersion", "3")]
    [InlineData("AttachToEnded", "384")]
    [InlineData("KeepLocksOfEnded", "1")]
    [InlineData("HideSuspension", "5")]
    public async Task Defect_IsFound(string defect, string from)
    {
        var (exitCode, text) = await SimulationProcess.RunAsync("--from", from, "--seeds", Seeds, "--defect", defect, "--no-shrink");

        Assert.True(exitCode == 1, $"{defect} was not found: {text}");
        Assert.Contains(" is broken ", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailure_IsShrunken_AndSaysHowToRepeatIt()
    {
        var (_, text) = await SimulationProcess.RunAsync("--seed", "1", "--defect", "IgnoreCancel");

        var lines = text.Split('\n');
        Assert.Contains("--seed 1 --operations 40 --defect IgnoreCancel", lines[1], StringComparison.Ordinal);
        Assert.InRange(StepsIn(lines[2]), 1, StepsIn(lines[0]) - 1);
        Assert.Contains("G7 is broken", lines.Last(line => line.Length > 0), StringComparison.Ordinal);

        static int StepsIn(string line)
        {
            var words = line.Split(' ');
            var steps = Array.FindIndex(words, word => word.StartsWith("steps", StringComparison.Ordinal));
            return int.Parse(words[steps - 1], CultureInfo.InvariantCulture);
        }
    }
}
