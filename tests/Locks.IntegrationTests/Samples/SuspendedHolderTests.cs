using Locks.IntegrationTests.Storage;
using Xunit;

namespace Locks.IntegrationTests.Samples;

/// <summary>The classic failure, with real processes: samples/SuspendedHolder as users run it.</summary>
public sealed class SuspendedHolderTests(PostgreSqlTestDatabase database) : IClassFixture<PostgreSqlTestDatabase>
{
    [Fact]
    public async Task TheLateWriteOfASuspendedHolder_IsRefusedByTheResource()
    {
        var run = await CommandOverServers.RunAsync("SuspendedHolder", database);

        InOrder(
            run.Output,
            "A has read 100, still holds the lock, and is about to write 110",
            "(A is suspended",
            "B has written 150",
            "(A is woken",
            "A wakes up. Its handle says that the lock is lost",
            "A is REFUSED by the account",
            "A has written 160",
            "balance=160 expected=160");
        Assert.DoesNotContain("A has written 110", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task WithoutTheFence_TheSameRunLosesADeposit()
    {
        var run = await CommandOverServers.RunAsync("SuspendedHolder", database, "--no-fence");

        InOrder(
            run.Output,
            "A has read 100, still holds the lock, and is about to write 110",
            "(A is suspended",
            "B has written 150",
            "(A is woken",
            "A wakes up. Its handle says that the lock is lost",
            "A has written 110",
            "B's deposit of 50 is LOST",
            "balance=110 expected=160");
        Assert.Equal(1, run.ExitCode);
    }

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
}
