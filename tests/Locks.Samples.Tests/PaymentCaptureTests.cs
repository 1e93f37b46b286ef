using Locks.TestKit;
using Xunit;

namespace Locks.Samples.Tests;

/// <summary>Payments whose messages come twice, in one process: samples/PaymentCapture.</summary>
/// <remarks>Its command on the page is in <see cref="SamplesPageTests"/>.</remarks>
public sealed class PaymentCaptureTests
{
    [Fact]
    public async Task WhereMessagesAreLeftToTheHolder_EveryPaymentIsCapturedOnce()
    {
        var run = await SampleProgram.RunAsync("PaymentCapture", "--messages", "1000", "--duplicates", "300", "--when-busy", "skip");

        Assert.StartsWith("messages=1000 payments=700 captured=700 double=0 ", run.LastLine, StringComparison.Ordinal);
        Assert.DoesNotContain("skipped=0", run.LastLine, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task ABadCommandLine_IsRefused() =>
        Assert.Equal(2, (await SampleProgram.RunAsync("PaymentCapture", "--messages", "10", "--duplicates", "10")).ExitCode);
}
