using Locks.Coordinator.Clocks;
using Xunit;

namespace Locks.Coordinator.Tests.Clocks;

/// <summary>What readings of the store's clock tell of its offset.</summary>
public sealed class OffsetBoundsTests
{
    private static readonly DateTimeOffset Epoch = new(0, TimeSpan.Zero);

    [Fact]
    public void AReading_BoundsTheOffset_ByTheRoundTrip()
    {
        var bounds = OffsetBounds.Of(sentAt: 1_000, Epoch.AddTicks(5_000), receivedAt: 1_400);

        Assert.Equal(3_600, bounds.Low);
        Assert.Equal(4_000, bounds.High);
        Assert.Equal(3_800, bounds.Middle);
        Assert.Equal(200, bounds.Error.Ticks);
    }

    [Theory]
    [InlineData(0, 400)]
    [InlineData(400, 0)]
    [InlineData(1_000, 3)]
    public void TheOffset_IsWithinTheBounds_HoweverUnequalTheWaysAre(int there, int back)
    {
        const long Offset = 123_456;
        var bounds = OffsetBounds.Of(1_000, Epoch.AddTicks(1_000 + there + Offset), 1_000 + there + back);

        Assert.InRange(Offset, bounds.Low, bounds.High);
        Assert.True(Math.Abs(bounds.Middle - Offset) <= (there + back + 1) / 2);
    }

    [Fact]
    public void SlowReadings_DoNotSpoilAGoodOne_AndTwoHalvesMakeABetterOne()
    {
        var good = new OffsetBounds(0, 100, 200);

        Assert.Equal(new OffsetBounds(10, 100, 200), good.With(new OffsetBounds(10, -5_000, 5_000), out _));
        Assert.Equal(new OffsetBounds(10, 150, 200), good.With(new OffsetBounds(10, 150, 900), out _));
        Assert.Equal(new OffsetBounds(10, 100, 120), good.With(new OffsetBounds(10, -900, 120), out _));
    }

    [Fact]
    public void TheBounds_Widen_AsTheClocksMayDriftApart()
    {
        var later = new OffsetBounds(0, 100, 200).Later(1_000_000);

        Assert.Equal(new OffsetBounds(1_000_000, -900, 1_200), later);
        Assert.Equal(later, later.Later(0));
    }

    [Theory]
    [InlineData(500, 600, 300)]
    [InlineData(-300, -200, -300)]
    [InlineData(150, 600, 0)]
    public void AReadingThatContradicts_TakesTheirPlace(long low, long high, long contradiction)
    {
        var bounds = new OffsetBounds(0, 100, 200).With(new OffsetBounds(10, low, high), out var found);

        Assert.Equal(contradiction, found.Ticks);
        Assert.Equal(high, contradiction == 0 ? high : bounds.High);
        Assert.Equal(low, bounds.Low);
    }
}
