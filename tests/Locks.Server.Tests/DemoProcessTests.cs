using System.Diagnostics;
using Locks.TestKit;
using Xunit;

namespace Locks.Server.Tests;

/// <summary>The demo as people run it, a process of its own.</summary>
public sealed class DemoProcessTests
{
    [Fact(Timeout = 60_000)]
    public async Task Demo_PrintsItsAddress_AndEndsWithCtrlC()
    {
        if (OperatingSystem.IsWindows())
            return; // There is no signal to send to another process.

        var cancel = TestContext.Current.CancellationToken;
        using var demo = Process.Start(
            new ProcessStartInfo("dotnet", [Program, "demo"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var line = await demo.StandardOutput.ReadLineAsync(cancel);
            Assert.Matches("^A server with a demo load runs at http://127.0.0.1:[0-9]+/ until Ctrl\\+C ends it\\.$", line);
            using var http = new HttpClient();
            var health = await http.GetStringAsync(new Uri(new Uri(line!.Split(' ')[8]), "health/live"), cancel);
            Assert.Contains("Healthy", health, StringComparison.Ordinal);

            using var interrupt = Process.Start("kill", ["-INT", $"{demo.Id}"]);
            await demo.WaitForExitAsync(cancel);

            Assert.Equal(0, demo.ExitCode);
            Assert.Equal("", await demo.StandardOutput.ReadToEndAsync(cancel));
            Assert.Equal("", await demo.StandardError.ReadToEndAsync(cancel));
        }
        finally
        {
            if (!demo.HasExited)
                demo.Kill();
        }
    }

    // Built with the tests, hence in the same configuration.
    private static string Program { get; } = Path.Combine(
        Repository.PathOf("src/Locks.Server/bin"), new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Locks.Server.dll");
}
