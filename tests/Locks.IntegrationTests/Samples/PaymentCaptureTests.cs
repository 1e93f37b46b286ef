using System.Text.RegularExpressions;
using Locks.IntegrationTests.Storage;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>Payments whose messages come twice, in several processes: samples/PaymentCapture.</summary>
public sealed partial class PaymentCaptureTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    /// <summary>
    /// Those that are skipped here wait in <see cref="ConsumeFilter.GuardUnderLoadTests"/>, which is the load test; this is as many messages as
    /// bring hundreds of duplicates to both processes.
    /// </summary>
    [Fact]
    public async Task ThreeThousandMessages_OfWhichNineHundredAreDuplicates_InTwoProcesses_CaptureEveryPaymentOnce()
    {
        var run = await CaptureAsync("--messages", "3000", "--duplicates", "900", "--concurrency", "16", "--when-busy", "skip");

        Assert.StartsWith("messages=3000 payments=2100 captured=2100 double=0 ", run.LastLine, StringComparison.Ordinal);
        Assert.True(int.Parse(Skipped().Match(run.LastLine).Groups[1].Value, null) > 0, run.LastLine);
        Assert.Equal(0, run.ExitCode);
        TestContext.Current.TestOutputHelper!.WriteLine(run.Output);
    }

    [Fact]
    public async Task WithoutTheGuard_PaymentsAreCapturedTwice()
    {
        var run = await CaptureAsync("--no-guard", "--messages", "1000", "--duplicates", "300");

        Assert.StartsWith("messages=1000 payments=700 captured=700 double=", run.LastLine, StringComparison.Ordinal);
        Assert.DoesNotContain("double=0 ", run.LastLine, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    private Task<SampleRun> CaptureAsync(params string[] arguments) =>
        CommandOverServers.RunAsync("PaymentCapture", database, arguments);

    [GeneratedRegex(@"skipped=(\d+)")]
    private static partial Regex Skipped();
}
