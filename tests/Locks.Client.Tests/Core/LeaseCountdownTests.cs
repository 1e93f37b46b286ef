using Locks.Client.Core;
using Locks.Client.Requests;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core;

/// <summary>The holder's own view of its lease: over here before it is over there (G8).</summary>
public sealed class LeaseCountdownTests
{
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(500);

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Lost_FiresAtTheLeaseLessTheMargin_CountedFromBeforeTheSend()
    {
        var sent = Lease(30);
        _time.Advance(TimeSpan.FromSeconds(5));
        using var countdown = new LeaseCountdown(_time, Margin, sent);

        _time.Advance(TimeSpan.FromSeconds(24.499));
        Assert.True(countdown.IsRunning);
        Assert.False(countdown.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(countdown.Lost.IsCancellationRequested);
        Assert.False(countdown.IsRunning);
    }

    [Fact]
    public void TheMargin_IsNeverMoreThanAFifthOfTheLease()
    {
        using var countdown = new LeaseCountdown(_time, Margin, Lease(1));

        _time.Advance(TimeSpan.FromSeconds(0.799));
        Assert.False(countdown.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.True(countdown.Lost.IsCancellationRequested);
    }

    [Fact]
    public void ALeaseThatIsOverAlready_IsLostFromTheBeginning()
    {
        var sent = Lease(30);
        _time.Advance(TimeSpan.FromSeconds(30));
        using var countdown = new LeaseCountdown(_time, Margin, sent);

        Assert.False(countdown.IsRunning);
        Assert.True(countdown.Lost.IsCancellationRequested);
    }

    [Fact]
    public void ARenewal_Extends_FromBeforeItWasSent()
    {
        using var countdown = new LeaseCountdown(_time, Margin, Lease(30));
        _time.Advance(TimeSpan.FromSeconds(10));
        var renewal = Lease(30);
        _time.Advance(TimeSpan.FromSeconds(1));
        countdown.Extend(renewal);

        _time.Advance(TimeSpan.FromSeconds(28.499));
        Assert.False(countdown.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(countdown.Lost.IsCancellationRequested);
    }

    [Fact]
    public void AnOlderOrShorterRenewal_NeverShortens()
    {
        using var countdown = new LeaseCountdown(_time, Margin, Lease(5));
        var older = Lease(30);
        _time.Advance(TimeSpan.FromSeconds(1));
        countdown.Extend(Lease(30));

        countdown.Extend(older);
        countdown.Extend(Lease(2));
        _time.Advance(TimeSpan.FromSeconds(29.499));

        Assert.False(countdown.Lost.IsCancellationRequested);
    }

    [Fact]
    public void IsRunning_LooksAtTheClock_WhenNoTimerHasFired()
    {
        using var countdown = new LeaseCountdown(new DeafTime(_time), Margin, Deadline.After(new DeafTime(_time), TimeSpan.FromSeconds(30)));
        _time.Advance(TimeSpan.FromSeconds(29.5));
        Assert.False(countdown.Lost.IsCancellationRequested);

        Assert.False(countdown.IsRunning);
        Assert.True(countdown.Lost.IsCancellationRequested);
    }

    [Fact]
    public void TheWallClock_DoesNotMatter()
    {
        using var countdown = new LeaseCountdown(_time, Margin, Lease(30));

        _time.JumpWallClock(TimeSpan.FromHours(5));
        Assert.True(countdown.IsRunning);
        _time.JumpWallClock(TimeSpan.FromHours(-10));
        _time.Advance(TimeSpan.FromSeconds(29.5));

        Assert.True(countdown.Lost.IsCancellationRequested);
    }

    [Fact]
    public void Stop_LeavesNothingToLose_AndNoTimer()
    {
        var countdown = new LeaseCountdown(_time, Margin, Lease(30));
        countdown.Stop();

        Assert.False(countdown.IsRunning);
        Assert.Empty(_time.Timers);
        _time.Advance(TimeSpan.FromMinutes(1));
        countdown.Lose();

        Assert.False(countdown.Lost.IsCancellationRequested);
        countdown.Dispose();
    }

    [Fact]
    public void Lose_IsFinal()
    {
        using var countdown = new LeaseCountdown(_time, Margin, Lease(30));

        countdown.Lose();
        countdown.Extend(Lease(60));
        countdown.Lose();

        Assert.True(countdown.Lost.IsCancellationRequested);
        Assert.False(countdown.IsRunning);
    }

    private Deadline Lease(double seconds) => Deadline.After(_time, TimeSpan.FromSeconds(seconds));

    /// <summary>A process that was suspended: its clock has moved on, its timers have not fired yet.</summary>
    private sealed class DeafTime(TimeProvider clock) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(_ => { }, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
