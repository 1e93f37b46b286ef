using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Lifetimes;

/// <summary>The holder's own view of its lease: over here before it is over there (G8).</summary>
public sealed class LeaseClockTests : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(500);

    private static readonly LockLoss Superseded = new(LockLossReason.Superseded);

    private readonly ManualTimeProvider _time = new();
    private readonly CapturedLogs _logs = new();

    private LeaseTiming Timing => new(new TimerPool(_time), Margin, 0.6, _logs.CreateLogger("lease-clock"));

    public void Dispose() => _logs.Dispose();

    [Fact]
    public void Lost_FiresAtTheLeaseLessTheMargin_CountedFromBeforeTheSend()
    {
        var sent = Lease(30);
        _time.Advance(TimeSpan.FromSeconds(5));
        using var clock = NewClock(sent);

        _time.Advance(TimeSpan.FromSeconds(24.499));
        Assert.True(clock.IsRunning);
        Assert.False(clock.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(clock.Lost.IsCancellationRequested);
        Assert.False(clock.IsRunning);
    }

    [Fact]
    public void AsSoonAsTheLeaseIsOver_ItsTokenHasFired()
    {
        // The timer is called off right after the lease has ended: what another thread could see then.
        (bool IsRunning, bool IsLost)? seen = null;
        LeaseClock? clock = null;
        using var watched = clock = new LeaseClock(
            Timing with
            {
                Timers = new TimerPool(
                    new WatchedTimeProvider(_time, () => seen ??= (clock!.IsRunning, clock.Lost.IsCancellationRequested))),
            },
            Lease(30));
        Assert.False(clock.Lost.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal((false, true), seen);
    }

    [Fact]
    public void TheMargin_IsNeverMoreThanAFifthOfTheLease()
    {
        using var clock = NewClock(Lease(1));

        _time.Advance(TimeSpan.FromSeconds(0.799));
        Assert.False(clock.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.True(clock.Lost.IsCancellationRequested);
    }

    [Fact]
    public void ALeaseThatIsOverAlready_IsLostFromTheBeginning()
    {
        var sent = Lease(30);
        _time.Advance(TimeSpan.FromSeconds(30));
        using var clock = NewClock(sent);

        Assert.False(clock.IsRunning);
        Assert.True(clock.Lost.IsCancellationRequested);
    }

    [Fact]
    public void ARenewal_Extends_FromBeforeItWasSent()
    {
        using var clock = NewClock(Lease(30));
        _time.Advance(TimeSpan.FromSeconds(10));
        var renewal = Lease(30);
        _time.Advance(TimeSpan.FromSeconds(1));
        clock.Extend(renewal);

        _time.Advance(TimeSpan.FromSeconds(28.499));
        Assert.False(clock.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(clock.Lost.IsCancellationRequested);
    }

    [Fact]
    public void AnOlderOrShorterRenewal_NeverShortens()
    {
        using var clock = NewClock(Lease(5));
        var older = Lease(30);
        _time.Advance(TimeSpan.FromSeconds(1));
        clock.Extend(Lease(30));

        clock.Extend(older);
        clock.Extend(Lease(2));
        _time.Advance(TimeSpan.FromSeconds(29.499));

        Assert.False(clock.Lost.IsCancellationRequested);
    }

    [Fact]
    public void IsRunning_LooksAtTheClock_WhenNoTimerHasFired()
    {
        using var clock = new LeaseClock(Timing with { Timers = new TimerPool(new TimeWithoutTimers(_time)) }, Lease(30));
        var lost = clock.Lost;
        _time.Advance(TimeSpan.FromSeconds(29.5));
        Assert.False(lost.IsCancellationRequested);

        Assert.False(clock.IsRunning);
        Assert.True(lost.IsCancellationRequested);
    }

    [Fact]
    public void Lost_LooksAtTheClock_WhenNoTimerHasFired()
    {
        using var clock = new LeaseClock(Timing with { Timers = new TimerPool(new TimeWithoutTimers(_time)) }, Lease(30));
        Assert.False(clock.Lost.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(29.5));

        Assert.True(clock.Lost.IsCancellationRequested);
    }

    [Fact]
    public void Timestamps_Count_AndNotTheWallClock()
    {
        using var clock = NewClock(Lease(30));

        _time.JumpWallClock(TimeSpan.FromHours(5));
        Assert.True(clock.IsRunning);
        _time.JumpWallClock(TimeSpan.FromHours(-10));
        _time.Advance(TimeSpan.FromSeconds(29.5));

        Assert.True(clock.Lost.IsCancellationRequested);
    }

    [Fact]
    public void Stop_LeavesNothingToLose_AndNoTimer()
    {
        var clock = NewClock(Lease(30));
        clock.Stop();

        Assert.False(clock.IsRunning);
        Assert.Empty(_time.Timers);
        _time.Advance(TimeSpan.FromMinutes(1));
        clock.Lose(Superseded);

        Assert.False(clock.Lost.IsCancellationRequested);
        clock.Dispose();
    }

    [Fact]
    public void ALeaseThatIsLostAndStopped_ReturnsItsTimerOnce()
    {
        var timing = Timing;
        using var one = NewClock(Lease(30));
        using var other = NewClock(Lease(30));
        var clock = new LeaseClock(timing, Lease(30));
        clock.Lose(Superseded);
        clock.Stop();
        clock.Dispose();

        Assert.NotSame(timing.Timers.Rent(one), timing.Timers.Rent(other));
    }

    [Fact]
    public void ATimerThatFiresTooEarly_EndsNothing_AndIsSetAgain()
    {
        using var clock = NewClock(Lease(30));
        _time.Advance(TimeSpan.FromSeconds(1));

        // It was set for the one that had the timer before.
        ((ITimed)clock).OnTimer();

        Assert.True(clock.IsRunning);
        Assert.False(clock.IsAtRisk);
        Assert.Equal([(29.5 * 0.6) - 1], _time.Timers.Select(timer => timer.TotalSeconds));
    }

    [Fact]
    public void ATimerThatFiresAfterItsLeaseIsOver_IsLeftAlone()
    {
        var clock = NewClock(Lease(30));
        clock.Stop();

        ((ITimed)clock).OnTimer();

        Assert.Empty(_time.Timers);
    }

    [Fact]
    public void Lose_IsFinal()
    {
        using var clock = NewClock(Lease(30));

        clock.Lose(Superseded);
        clock.Extend(Lease(60));
        clock.Lose(Superseded);

        Assert.True(clock.Lost.IsCancellationRequested);
        Assert.False(clock.IsRunning);
    }

    [Fact]
    public void Losing_HasOneReason_TheFirst()
    {
        var told = new List<LockLoss>();
        using var clock = new LeaseClock(Timing, Lease(30), told.Add);
        Assert.Null(clock.Loss);

        clock.Lose(Superseded);
        clock.Lose(new LockLoss(LockLossReason.Revoked, "an operator"));
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(Superseded, clock.Loss);
        Assert.Equal([Superseded], told);
    }

    [Theory]
    [InlineData(false, LockLossReason.Expired)]
    [InlineData(true, LockLossReason.CoordinatorUnreachable)]
    public void ALeaseThatEnds_WasExpired_OrTheCoordinatorDidNotAnswer(bool acquire, LockLossReason reason)
    {
        using var clock = NewClock(Lease(30));
        clock.RenewalSent();
        clock.RenewalAnswered();
        if (acquire)
            clock.RenewalSent();

        _time.Advance(TimeSpan.FromSeconds(29.5));

        Assert.Equal(new LockLoss(reason), clock.Loss);
    }

    [Fact]
    public void AtRisk_FiresOnceTheShareHasPassed_AndBeforeLost()
    {
        using var clock = NewClock(Lease(30));
        var risk = clock.AtRisk;

        _time.Advance(TimeSpan.FromSeconds(17.699));
        Assert.False(risk.IsCancellationRequested);
        Assert.False(clock.IsAtRisk);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(risk.IsCancellationRequested);
        Assert.True(clock.IsAtRisk);
        Assert.False(clock.Lost.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(11.8));
        Assert.True(clock.Lost.IsCancellationRequested);
    }

    [Fact]
    public void ARenewal_EndsTheRisk_AndTheNextRiskHasATokenOfItsOwn()
    {
        using var clock = NewClock(Lease(30));
        _time.Advance(TimeSpan.FromSeconds(20));
        var first = clock.AtRisk;
        Assert.True(first.IsCancellationRequested);

        clock.Extend(Lease(30));

        Assert.False(clock.IsAtRisk);
        var second = clock.AtRisk;
        Assert.False(second.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(17.7));
        Assert.True(second.IsCancellationRequested);
        Assert.Equal(second, clock.AtRisk);
    }

    [Fact]
    public void ARenewalInTime_NeverWarns()
    {
        using var clock = NewClock(Lease(30));
        var risk = clock.AtRisk;
        for (var renewals = 0; renewals < 10; renewals++)
        {
            // One of them goes missing now and then.
            _time.Advance(TimeSpan.FromSeconds(renewals % 2 == 0 ? 10 : 17));
            clock.Extend(Lease(30));
        }

        Assert.Equal(risk, clock.AtRisk);
        Assert.False(risk.IsCancellationRequested);
    }

    [Fact]
    public void IsAtRisk_LooksAtTheClock_AndALeaseThatIsOverWasAtRiskFirst()
    {
        using var clock = new LeaseClock(Timing with { Timers = new TimerPool(new TimeWithoutTimers(_time)) }, Lease(30));
        _time.Advance(TimeSpan.FromSeconds(18));
        Assert.True(clock.IsAtRisk);
        clock.Extend(Lease(30));
        var risk = clock.AtRisk;

        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(new LockLoss(LockLossReason.Expired), clock.Loss);
        Assert.True(risk.IsCancellationRequested);
    }

    [Fact]
    public async Task ACallbackThatThrows_IsLogged_AndBreaksNothing()
    {
        using var clock = NewClock(Lease(30));
        clock.Lost.Register(() => throw new InvalidOperationException("the callback's own fault"));

        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.True(clock.Lost.IsCancellationRequested);
        await Eventually.HoldsAsync(() => _logs.Lines.Any(line => line.Contains("the callback's own fault", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ACallbackThatBlocks_DoesNotHoldUpTheLoss()
    {
        using var clock = NewClock(Lease(30));
        using var never = new SemaphoreSlim(0);
        var entered = new TaskCompletionSource();
        clock.Lost.Register(() =>
        {
            entered.SetResult();
            never.Wait();
        });

        clock.Lose(Superseded);

        await entered.Task.Within();
        Assert.Equal(Superseded, clock.Loss);
        never.Release();
    }

    [Fact]
    public void WithoutALease_ThereIsNothingToCount_UntilThereIs()
    {
        using var clock = new LeaseClock(Timing);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.True(clock.IsRunning);
        Assert.False(clock.HasStarted);

        clock.Extend(Lease(30));
        _time.Advance(TimeSpan.FromSeconds(29.5));

        Assert.True(clock.HasStarted);
        Assert.False(clock.IsRunning);
    }

    private LeaseClock NewClock(Deadline lease) => new(Timing, lease);

    private Deadline Lease(double seconds) => Deadline.After(_time, TimeSpan.FromSeconds(seconds));

    /// <summary>A process that was suspended: its clock has moved on, its timers have not fired yet.</summary>
    private sealed class TimeWithoutTimers(TimeProvider clock) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(_ => { }, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Time whose timers report that they are called off.</summary>
    private sealed class WatchedTimeProvider(TimeProvider time, Action onCalledOff) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new WatchedTimer(time.CreateTimer(callback, state, dueTime, period), onCalledOff);

        private sealed class WatchedTimer(ITimer timer, Action onCalledOff) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                if (dueTime == Timeout.InfiniteTimeSpan)
                    onCalledOff();
                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
