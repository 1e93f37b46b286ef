using Locks.TestKit;
using Xunit;

namespace Locks.Samples.Tests;

/// <summary>Workers that are tasks of one process: samples/ScaleOut.</summary>
/// <remarks>Its command on the page is in <see cref="SamplesPageTests"/>.</remarks>
public sealed class ScaleOutTests
{
    [Fact]
    public async Task WithoutTheLocks_ItemsAreDoneTwice()
    {
        var run = await SampleProgram.RunAsync("ScaleOut", "--no-locks", "--kills", "0", "--items", "10");

        Assert.StartsWith("items=30 done=30 duplicates=", run.LastLine, StringComparison.Ordinal);
        Assert.DoesNotContain("duplicates=0", run.LastLine, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task ABadCommandLine_IsRefused()
    {
        var run = await SampleProgram.RunAsync("ScaleOut", "--workers", "2", "--kills", "2");

        Assert.Contains("--kills must be less than --workers, which is 2, and not 2", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, run.ExitCode);
    }
}
