using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Liveness;
using Locks.Coordinator.Tests.Domain;
using Xunit;

namespace Locks.Coordinator.Tests.Liveness;

/// <summary>Which sessions count as silent, and which do not: in doubt, none does.</summary>
public sealed class SessionLivenessTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly SessionLiveness _sessions;
    private readonly Queue<TimeSpan> _watermarks = new();
    private bool _hears = true;

    public SessionLivenessTests()
    {
        _sessions = new SessionLiveness(_time, new CoordinatorClock(_time));
        _sessions.SendWatermark = sentAt =>
        {
            if (_hears)
                _sessions.ObserveWatermark(sentAt);
            else
                _watermarks.Enqueue(sentAt);
        };
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void ASession_IsSilent_WhenNothingWasHeardOfItForThreeIntervals(int interval)
    {
        Listen(60);
        Hear("a", interval);
        var waiter = Waiter("a");

        Assert.False(IsSilentAfter(3 * interval, waiter));
        Assert.True(IsSilentAfter(1, waiter));

        Hear("a", interval);
        Assert.False(IsSilentAfter(1, waiter));
    }

    [Fact]
    public void ASessionThatWasNeverHeard_IsSilent_ThreeOfTheLongestIntervalsAfterItCame()
    {
        Listen(60);
        var waiter = Waiter("a");

        Assert.False(IsSilentAfter(30, waiter));
        Assert.True(IsSilentAfter(1, waiter));
    }

    [Fact]
    public void ACoordinatorThatHasJustStarted_TakesNoSessionForDead()
    {
        var waiter = Waiter("a", ago: 3_600);

        Assert.False(IsSilentAfter(0, waiter));
        Assert.False(IsSilentAfter(30, waiter));
        Assert.True(IsSilentAfter(1, waiter));
    }

    [Fact]
    public void AnAcquire_ShowsThatItsSessionIsAlive()
    {
        Listen(60);
        var waiter = Waiter("a");
        Listen(25);
        _sessions.Hear("a");

        Assert.False(IsSilentAfter(30, waiter));
        Assert.True(IsSilentAfter(1, waiter));
    }

    [Fact]
    public void AWaiterWithoutASession_IsNeverTakenForDead()
    {
        Listen(60);

        Assert.False(IsSilentAfter(3_600, Waiter(null)));
    }

    [Fact]
    public void WhoHearsNothing_TakesNoSessionForDead_AndOnlyListensAnewAfterwards()
    {
        Listen(60);
        Hear("a", interval: 1);
        var waiter = Waiter("a");

        // Suspended, or cut off from the broker: not even its own watermarks arrive.
        _hears = false;
        Assert.False(IsSilentAfter(40, waiter));

        _hears = true;
        Assert.False(IsSilentAfter(1, waiter));
        Assert.False(IsSilentAfter(3, waiter));
        Assert.True(IsSilentAfter(1, waiter));
    }

    [Fact]
    public void WhoIsLateWithReading_GoesByWhatItHasRead()
    {
        Listen(60);
        Hear("a", interval: 1);
        var waiter = Waiter("a");
        _hears = false;
        Assert.False(IsSilentAfter(2, waiter));
        Assert.False(IsSilentAfter(10, waiter));

        // What was sent after two seconds says nothing of the time since.
        _sessions.ObserveWatermark(_watermarks.Dequeue());
        Assert.False(_sessions.IsSilent(waiter));
        _sessions.ObserveWatermark(_watermarks.Dequeue());
        Assert.True(_sessions.IsSilent(waiter));
    }

    [Fact]
    public void Watermarks_AreFew_AndNoneAreSentWithoutWaiters()
    {
        var sent = 0;
        _sessions.SendWatermark = _ => sent++;
        var waiter = Waiter("a");

        for (var i = 0; i < 1_000; i++)
            _sessions.IsSilent(waiter);
        Assert.Equal(1, sent);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(1, sent);
        Assert.Empty(_time.Timers);
    }

    [Theory]
    [InlineData(0, null, true)]
    [InlineData(60, 90, true)]
    [InlineData(60, 58, true)]
    [InlineData(60, 57, false)]
    public void AClientThatHasWaitedSinceBeforeTheCoordinatorRan_IsToResend_Once(int runsFor, int? waiting, bool resends)
    {
        _time.Advance(runsFor * Second);
        var heartbeat = new ClientAlive("a", TimeSpan.FromSeconds(10), waiting * Second);

        Assert.Equal(resends, _sessions.Hear(heartbeat));
        Assert.False(_sessions.Hear(heartbeat));
    }

    [Fact]
    public void AnAcquire_DoesNotReplaceTheFirstHeartbeat_BecauseOtherWaitersMayBeForgotten()
    {
        _sessions.Hear("a");

        Assert.True(_sessions.Hear(new ClientAlive("a", TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1))));
    }

    [Fact]
    public void ASessionOfWhichNothingWasHeardForLong_IsForgotten_AndStillSilent()
    {
        Listen(60);
        Hear("a", interval: 1);
        var waiter = Waiter("a");
        for (var minutes = 0; minutes < 20; minutes++)
        {
            Listen(60);
            Hear("b", interval: 10);
        }

        Assert.True(_sessions.IsSilent(waiter));
        Assert.Equal(1, _sessions.Count);
    }

    [Fact]
    public void MoreSessionsThanCanBeRemembered_LeadToNoFalseDeath()
    {
        Listen(60);
        Hear("a", interval: 10);
        var waiter = Waiter("a");
        for (var i = 0; i < 200_000; i++)
            _sessions.Hear($"crowd {i}");

        Assert.InRange(_sessions.Count, 1, 100_000);
        Assert.False(IsSilentAfter(30, waiter));
        Assert.True(IsSilentAfter(1, waiter));
    }

    private Waiter Waiter(string? session, double ago = 0)
    {
        var request = Attempt.A.Wait();
        var cameAt = _time.GetUtcNow() - TimeSpan.FromSeconds(ago);
        return new Waiter(
            1, request.AcquireId, request.Owner, request.NewToken, request.Ttl, cameAt, cameAt.AddHours(24), session, request.ReplyTo);
    }

    private void Hear(string session, int interval) => _sessions.Hear(new ClientAlive(session, interval * Second, Second));

    /// <summary>Time passes, in which the coordinator asks now and then.</summary>
    private void Listen(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            IsSilentAfter(1, Waiter("another"));
    }

    private bool IsSilentAfter(double seconds, Waiter waiter)
    {
        for (; seconds > 15; seconds -= 15)
        {
            _time.Advance(15 * Second);
            _sessions.IsSilent(waiter);
        }

        _time.Advance(TimeSpan.FromSeconds(seconds));
        return _sessions.IsSilent(waiter);
    }
}
