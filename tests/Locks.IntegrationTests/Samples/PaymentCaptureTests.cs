using System.Diagnostics;
using System.Text.RegularExpressions;
using Locks.IntegrationTests.Storage;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>Payments whose messages come twice, run as users run it: samples/PaymentCapture.</summary>
public sealed partial class PaymentCaptureTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    [Theory]
    [InlineData("wait")]
    [InlineData("skip")]
    public async Task InOneProcess_EveryPaymentIsCapturedOnce(string whenBusy)
    {
        var (exitCode, last, _) = await CaptureAsync("--messages", "1000", "--duplicates", "300", "--when-busy", whenBusy);

        Assert.StartsWith("messages=1000 payments=700 captured=700 double=0 ", last, StringComparison.Ordinal);
        Assert.DoesNotContain(whenBusy == "skip" ? "skipped=0" : "waited=0", last, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    /// <summary>
    /// Those that are skipped here wait in <see cref="ConsumeFilter.GuardUnderLoadTests"/>, which is the load test; this is as many messages as
    /// bring hundreds of duplicates to both processes.
    /// </summary>
    [Fact]
    public async Task ThreeThousandMessages_OfWhichNineHundredAreDuplicates_InTwoProcesses_CaptureEveryPaymentOnce()
    {
        var (exitCode, last, output) = await CaptureAsync([
            "--messages", "3000", "--duplicates", "900", "--concurrency", "16", "--when-busy", "skip", "--processes", "2", .. Servers]);

        Assert.StartsWith("messages=3000 payments=2100 captured=2100 double=0 ", last, StringComparison.Ordinal);
        Assert.True(int.Parse(Skipped().Match(last).Groups[1].Value, null) > 0, last);
        Assert.Equal(0, exitCode);
        TestContext.Current.TestOutputHelper!.WriteLine(output);
    }

    [Fact]
    public async Task WithoutTheGuard_PaymentsAreCapturedTwice()
    {
        var (exitCode, last, _) = await CaptureAsync([
            "--no-guard", "--messages", "1000", "--duplicates", "300", "--processes", "2", .. Servers]);

        Assert.StartsWith("messages=1000 payments=700 captured=700 double=", last, StringComparison.Ordinal);
        Assert.DoesNotContain("double=0 ", last, StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task ABadCommandLine_IsRefused() =>
        Assert.Equal(2, (await CaptureAsync("--messages", "10", "--duplicates", "10")).ExitCode);

    private string[] Servers => ["--broker", TestServices.RabbitMq.ToString(), "--store", database.ConnectionString];

    [GeneratedRegex(@"skipped=(\d+)")]
    private static partial Regex Skipped();

    private static async Task<(int ExitCode, string LastLine, string Output)> CaptureAsync(params string[] arguments)
    {
        // Built with the tests, hence in the same configuration.
        var program = Path.Combine(
            Repository.PathOf("samples/PaymentCapture/bin"), new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "PaymentCapture.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
        try
        {
            var reading = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(8), TimeProvider.System);
            var output = await reading;
            return (process.ExitCode, output.TrimEnd().Split('\n')[^1], output);
        }
        finally
        {
            // Its own children end with it.
            if (!process.HasExited)
                process.Kill();
        }
    }
}
