using System.Text.RegularExpressions;
using Locks.TestKit;
using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>MassTransit reports usage to its makers by default. Nothing that this repository runs does.</summary>
public sealed partial class UsageTelemetryTests
{
    public static TheoryData<string> Programs =>
    [
        .. new[] { "src", "samples", "bench" }
            .SelectMany(folder => Directory.GetFiles(Repository.PathOf(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => AddsABus().IsMatch(File.ReadAllText(file)))
            .Select(file => Path.GetRelativePath(Repository.Root, file)),
    ];

    [Theory]
    [MemberData(nameof(Programs))]
    public void AProgramWithABus_SwitchesReportsOff(string file)
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, file));

        Assert.Equal(AddsABus().Count(source), SwitchesReportsOff().Count(source));
    }

    [Fact]
    public void TheTests_SwitchReportsOff() => Assert.Equal("false", Environment.GetEnvironmentVariable("MASSTRANSIT_USAGE_TELEMETRY"));

    [GeneratedRegex(@"\.AddMassTransit\(")]
    private static partial Regex AddsABus();

    [GeneratedRegex(@"\bDisableUsageTelemetry\(\)")]
    private static partial Regex SwitchesReportsOff();
}
