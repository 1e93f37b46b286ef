using System.Diagnostics;
using Locks.IntegrationTests.Storage;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>The classic failure, with real processes: samples/SuspendedHolder as users run it.</summary>
public sealed class SuspendedHolderTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    [Fact]
    public async Task TheLateWriteOfASuspendedHolder_IsRefusedByTheResource()
    {
        var (exitCode, story, _) = await RunAsync(Servers);

        InOrder(
            story,
            "A has read 100, still holds the lock, and is about to write 110",
            "(A is suspended",
            "B has written 150",
            "(A is woken",
            "A wakes up. Its handle says that the lock is lost",
            "A is REFUSED by the account",
            "A has written 160",
            "balance=160 expected=160");
        Assert.DoesNotContain("A has written 110", story, StringComparison.Ordinal);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task WithoutTheFence_TheSameRunLosesADeposit()
    {
        var (exitCode, story, _) = await RunAsync([.. Servers, "--no-fence"]);

        InOrder(
            story,
            "A has read 100, still holds the lock, and is about to write 110",
            "(A is suspended",
            "B has written 150",
            "(A is woken",
            "A wakes up. Its handle says that the lock is lost",
            "A has written 110",
            "B's deposit of 50 is LOST",
            "balance=110 expected=160");
        Assert.Equal(1, exitCode);
    }

    [Fact]
    public async Task WithoutServers_ItTellsHowToGetSome()
    {
        var (exitCode, story, errors) = await RunAsync();

        Assert.Contains("eng/services start", errors, StringComparison.Ordinal);
        Assert.Empty(story);
        Assert.Equal(2, exitCode);
    }

    private string[] Servers => ["--broker", TestServices.RabbitMq.ToString(), "--store", database.ConnectionString];

    private static void InOrder(string story, params string[] parts)
    {
        var from = 0;
        foreach (var part in parts)
        {
            var at = story.IndexOf(part, from, StringComparison.Ordinal);
            Assert.True(at >= 0, $"'{part}' is missing, or too early, in:\n{story}");
            from = at + part.Length;
        }
    }

    private static async Task<(int ExitCode, string Story, string Errors)> RunAsync(params string[] arguments)
    {
        // Built with the tests, hence in the same configuration.
        var program = Path.Combine(
            Repository.PathOf("samples/SuspendedHolder/bin"), new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "SuspendedHolder.dll");
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        try
        {
            var story = process.StandardOutput.ReadToEndAsync();
            var errors = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5), TimeProvider.System);
            return (process.ExitCode, await story, await errors);
        }
        finally
        {
            // With its children, one of which may be suspended and would not notice.
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
