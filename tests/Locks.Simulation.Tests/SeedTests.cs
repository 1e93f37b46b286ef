using System.Globalization;
using System.Security.Cryptography;
using Xunit;

namespace Locks.Simulation.Tests;

/// <summary>The product under the simulation: the same seeds each time, and one that no run had before.</summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Promises_AreKept_OnTheSeedsOfEveryRun()
    {
        var (exitCode, text) = await SimulationProcess.RunAsync("--seeds", "12");

        Assert.True(exitCode == 0, text);
        Assert.Contains("violations 0", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promises_AreKept_OnAFreshSeed()
    {
        var seed = RandomNumberGenerator.GetInt32(1_000_000, int.MaxValue).ToString(CultureInfo.InvariantCulture);
        output.WriteLine($"seed {seed}");

        var (exitCode, text) = await SimulationProcess.RunAsync("--seed", seed);

        Assert.True(exitCode == 0, text);
    }

    /// <summary>Two processes, so that nothing of a former run is left in the second.</summary>
    [Fact]
    public async Task OneSeed_HasOneHistory_ByteByByte()
    {
        string[] arguments = ["--seed", "7", "--operations", "20", "--log", "--hash"];

        var runs = await Task.WhenAll(SimulationProcess.RunAsync(arguments), SimulationProcess.RunAsync(arguments));

        Assert.Equal(0, runs[0].ExitCode);
        Assert.True(runs[0].Output.Split('\n').Length > 500, "The history is too short to show anything.");
        Assert.Equal(runs[0].Output, runs[1].Output);
    }

    [Fact]
    public async Task TwoSeeds_HaveTwoHistories()
    {
        var runs = await Task.WhenAll(
            SimulationProcess.RunAsync("--seed", "3", "--operations", "5", "--hash"),
            SimulationProcess.RunAsync("--seed", "4", "--operations", "5", "--hash"));

        Assert.NotEqual(HashOf(runs[0].Output, "3"), HashOf(runs[1].Output, "4"));
    }

    /// <summary>Nothing may depend on when the garbage collector comes, nor on what is left in the process.</summary>
    [Fact]
    public async Task TheSeedsBefore_ChangeNoHistory()
    {
        var runs = await Task.WhenAll(
            SimulationProcess.RunAsync("--from", "1", "--seeds", "6", "--hash"), SimulationProcess.RunAsync("--from", "6", "--seeds", "1", "--hash"));

        Assert.Equal(HashOf(runs[0].Output, "6"), HashOf(runs[1].Output, "6"));
    }

    private static string HashOf(string text, string seed) =>
        text.Split('\n').Single(line => line.StartsWith($"seed {seed} hash", StringComparison.Ordinal)).Split(' ')[^1];
}
