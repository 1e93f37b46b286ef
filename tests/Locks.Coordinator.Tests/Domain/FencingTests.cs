using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>G3: a key's fencing token strictly rises from grant to grant.</summary>
public sealed class FencingTests
{
    [Fact]
    public void Fence_OfAFirstGrant_IsTheTimeInMicroseconds()
    {
        var sut = LockUnderTest.HeldByA();

        Assert.Equal(LockUnderTest.Noon.ToUnixTimeMilliseconds() * 1_000, sut.Holder.FencingToken);
        Assert.Equal(sut.Holder.FencingToken, sut.State.LastFence);
    }

    [Fact]
    public void Fence_OfGrantsWithinOneMicrosecond_RisesByOne()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        var first = sut.State.LastFence;

        sut.Decide(A.Release());
        Assert.Equal(first + 1, sut.State.LastFence);
        sut.Decide(B.Release());
        Assert.Equal(first + 2, sut.State.LastFence);
    }

    [Fact]
    public void Fence_RisesThoughTheClockGoesBack()
    {
        var sut = LockUnderTest.HeldByA(B);
        var first = sut.State.LastFence;

        sut.After(-3_600).Decide(A.Release());
        Assert.Equal(first + 1, sut.State.LastFence);

        sut.Decide(B.Release());
        sut.After(-3_600).Decide(C.Try());
        Assert.Equal(first + 2, sut.State.LastFence);
    }

    [Fact]
    public void Fence_OfARowThatWasPurged_DoesNotStartBelowAnEarlierOne()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        sut.Decide(A.Release());
        sut.Decide(B.Release());
        sut.Decide(C.Release());
        var last = sut.State.LastFence;

        sut.State = LockState.NeverTaken(sut.State.Key);
        sut.After(0.001).Decide(D.Try());

        Assert.True(sut.Holder.FencingToken > last);
    }

    [Fact]
    public void Fence_SurvivesAFreeLock()
    {
        var sut = LockUnderTest.HeldByA();
        var first = sut.State.LastFence;
        sut.Decide(A.Release());

        Assert.Equal(first, sut.State.LastFence);
        sut.Decide(B.Try());
        Assert.Equal(first + 1, sut.State.LastFence);
    }

    [Fact]
    public void Fence_FitsIntoADoubleForCenturies() =>
        Assert.True(Micros.Of(new DateTimeOffset(2250, 1, 1, 0, 0, 0, TimeSpan.Zero)) < 1L << 53);

    [Fact]
    public void Micros_CountsFromTheUnixEpochWhateverTheOffset()
    {
        Assert.Equal(0, Micros.Of(DateTimeOffset.UnixEpoch));
        Assert.Equal(1_000_001, Micros.Of(DateTimeOffset.UnixEpoch.AddTicks(10_000_019)));
        Assert.Equal(Micros.Of(LockUnderTest.Noon), Micros.Of(LockUnderTest.Noon.ToOffset(TimeSpan.FromHours(9))));
    }
}
