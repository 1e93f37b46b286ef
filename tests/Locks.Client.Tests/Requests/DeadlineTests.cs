using Locks.Client.Requests;
using Xunit;

namespace Locks.Client.Tests.Requests;

public sealed class DeadlineTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Left_GoesDownToZero_AndNotBelow()
    {
        var deadline = Deadline.After(_time, TimeSpan.FromSeconds(10));

        Assert.Equal(TimeSpan.FromSeconds(10), deadline.Left);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.FromSeconds(6), deadline.Left);
        Assert.False(deadline.HasPassed);
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(deadline.HasPassed);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, deadline.Left);
    }

    [Fact]
    public void AnotherLength_KeepsTheStart()
    {
        var deadline = Deadline.After(_time, TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(4));

        Assert.Equal(TimeSpan.FromSeconds(16), (deadline with { Length = TimeSpan.FromSeconds(20) }).Left);
    }

    [Fact]
    public void Timestamps_Count_AndNotTheWallClock()
    {
        var deadline = Deadline.After(_time, TimeSpan.FromSeconds(10));

        _time.JumpWallClock(TimeSpan.FromDays(1));

        Assert.Equal(TimeSpan.FromSeconds(10), deadline.Left);
    }
}
