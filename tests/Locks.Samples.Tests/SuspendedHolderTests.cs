using Locks.TestKit;
using Xunit;

namespace Locks.Samples.Tests;

/// <summary>The classic failure in one process: samples/SuspendedHolder.</summary>
/// <remarks>Its command on the page is in <see cref="SamplesPageTests"/>.</remarks>
public sealed class SuspendedHolderTests
{
    [Fact]
    public async Task WithoutTheFence_ADepositIsLost()
    {
        var run = await SampleProgram.RunAsync("SuspendedHolder", "--no-fence");

        Assert.Contains("A has written 110", run.Output, StringComparison.Ordinal);
        Assert.Equal("balance=110 expected=160", run.LastLine);
        Assert.Equal(1, run.ExitCode);
    }
}
