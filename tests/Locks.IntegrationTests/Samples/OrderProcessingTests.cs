using System.Diagnostics;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>The background service of reference 003, run as users run it: samples/OrderProcessing.</summary>
public sealed class OrderProcessingTests
{
    [Fact]
    public async Task Orders_AreProcessedByOneInstanceAtATime()
    {
        var (exitCode, output) = await RunAsync("--instances", "4", "--rounds", "12");

        Assert.Equal("orders=60 processed=60 twice=0 together=0", output[^1]);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task WithoutTheLock_TheyAreProcessedTwice()
    {
        var (exitCode, output) = await RunAsync("--no-locks");

        Assert.StartsWith("orders=100 processed=100", output[^1], StringComparison.Ordinal);
        Assert.DoesNotContain("together=0", output[^1], StringComparison.Ordinal);
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task ABadCommandLine_IsRefused() => Assert.Equal(2, (await RunAsync("--rounds", "0")).ExitCode);

    private static async Task<(int ExitCode, string[] Output)> RunAsync(params string[] arguments)
    {
        // Built with the tests, hence in the same configuration.
        var program = Path.Combine(
            Repository.PathOf("samples/OrderProcessing/bin"), new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "OrderProcessing.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System);
            return (process.ExitCode, (await output).TrimEnd().Split('\n'));
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
