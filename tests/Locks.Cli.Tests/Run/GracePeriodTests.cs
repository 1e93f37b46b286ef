using Locks.Cli.Run;
using Xunit;

namespace Locks.Cli.Tests.Run;

public sealed class GracePeriodTests
{
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData(60, 10)]
    [InlineData(20, 5)]
    [InlineData(1, 0.25)]
    public void TheDefault_IsTenSeconds_OrAQuarterOfTheLease(double lease, double grace) =>
        Assert.Equal(TimeSpan.FromSeconds(grace), GracePeriod.DefaultFor(TimeSpan.FromSeconds(lease)));

    /// <summary>Whatever the lease: what is left of it when the command is asked to end is the grace, and the margin behind it.</summary>
    [Theory]
    [InlineData(60, 10, 10.5)]
    [InlineData(60, 30, 30.5)]
    [InlineData(1, 0.25, 0.45)]
    public void TheRequestToEnd_LeavesTheGrace(double lease, double grace, double left)
    {
        var length = TimeSpan.FromSeconds(lease);
        var counted = length - (length / 5 < Margin ? length / 5 : Margin);

        var share = GracePeriod.ShareBefore(TimeSpan.FromSeconds(grace), length, Margin)!.Value;

        Assert.Equal(left, (length - (counted * share)).TotalSeconds, 3);
        // A renewal is due after a third: one in time keeps the command running.
        Assert.InRange(share, 0.34, 0.999);
    }

    [Fact]
    public void WithoutGrace_ThereIsNoRequestToEnd() =>
        Assert.Null(GracePeriod.ShareBefore(TimeSpan.Zero, TimeSpan.FromMinutes(1), Margin));
}
