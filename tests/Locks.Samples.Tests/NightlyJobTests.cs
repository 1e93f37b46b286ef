using Locks.TestKit;
using Xunit;

namespace Locks.Samples.Tests;

/// <summary>samples/NightlyJob in one process. Its command with the lock is in <see cref="SamplesPageTests"/>.</summary>
public sealed class NightlyJobTests
{
    [Fact]
    public async Task WithoutTheLock_TheJobRunsOnEveryInstance()
    {
        var run = await SampleProgram.RunAsync("NightlyJob", "--no-locks", "--due", "1");

        Assert.StartsWith("due=1 done=1 duplicates=", run.LastLine, StringComparison.Ordinal);
        Assert.DoesNotContain("duplicates=0", run.LastLine, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task ABadCommandLine_IsRefused()
    {
        var run = await SampleProgram.RunAsync("NightlyJob", "--kill-one");

        Assert.Contains("--kill-one needs --broker and --store", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
    }
}
