using Locks.TestKit;
using Xunit;

namespace Locks.Samples.Tests;

/// <summary>The background service of reference 003: samples/OrderProcessing.</summary>
/// <remarks>Its command on the page is in <see cref="SamplesPageTests"/>.</remarks>
public sealed class OrderProcessingTests
{
    [Fact]
    public async Task WithoutTheLock_TheyAreProcessedTwice()
    {
        var run = await SampleProgram.RunAsync("OrderProcessing", "--no-locks");

        Assert.StartsWith("orders=100 processed=100", run.LastLine, StringComparison.Ordinal);
        Assert.DoesNotContain("together=0", run.LastLine, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task ABadCommandLine_IsRefused() => Assert.Equal(2, (await SampleProgram.RunAsync("OrderProcessing", "--rounds", "0")).ExitCode);
}
