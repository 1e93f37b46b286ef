using Locks.BusStarting;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>Pooled timers serve one request after the other, and the system may let one go off when it was called off already.</summary>
public sealed class TimerPoolTests
{
    private readonly LateTimers _time = new();
    private readonly PendingRequests _ledger = new();
    private readonly TimerPool _alarms;

    public TimerPoolTests() => _alarms = new TimerPool(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnAlarmThatGoesOffWithNobodyToWake_WakesNobody()
    {
        using var request = _ledger.Open(Guid.CreateVersion7());
        _alarms.Take(request).Dispose();

        _time.GoOff();

        var news = request.WaitForNewsAsync().AsTask();
        Assert.False(news.IsCompleted);
        request.Wake();
        await news;
    }

    [Fact]
    public async Task AnAlarmThatGoesOffForAnEarlierRequest_OnlyHasTheNextOneLook()
    {
        using var earlier = _ledger.Open(Guid.CreateVersion7());
        using (var alarm = _alarms.Take(earlier))
            alarm.Set(TimeSpan.FromSeconds(1));
        using var next = _ledger.Open(Guid.CreateVersion7());
        using var reused = _alarms.Take(next);
        var news = next.WaitForNewsAsync().AsTask();

        _time.GoOff();
        await news;
        Assert.Equal((false, false, false), (next.IsAnswered, next.IsQueued, next.IsForgotten));

        // It has its own alarm still, and its own answer.
        news = next.WaitForNewsAsync().AsTask();
        Assert.False(news.IsCompleted);
        _time.GoOff();
        await news;
        news = next.WaitForNewsAsync().AsTask();
        var answer = new LockReleased("k", 1);
        next.Receive(answer);
        await news;
        Assert.Same(answer, next.Answer);
    }

    [Fact]
    public async Task ARequestThatIsWokenForAnother_IsNotSentAgainForThat_AndSleepsUntilItsOwnTime()
    {
        var isThere = false;
        var coordinator = new FakeCoordinator { OnRelease = release => release.Key != "k" || isThere ? new LockReleased(release.Key, 1) : null };
        await using var world = await LockFixture.StartAsync(coordinator);
        var dispatcher = new RequestDispatcher(world.Bus, new BusReadiness(world.Time), world.Time, new LockClientOptions(), "client", NullLogger.Instance);
        var patience = Deadline.After(world.Time, TimeSpan.FromSeconds(15));
        using var request = dispatcher.Open();
        var asking = dispatcher.AskAsync(request, new ReleaseLock("k", "token"), patience, line: null, Cancellation);
        await coordinator.ComesAsync<ReleaseLock>();
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        world.Time.Advance(TimeSpan.FromSeconds(0.75));

        request.Wake();

        // Another request that goes all the way takes longer than a copy that is sent at once.
        await dispatcher.AskAsync(new ReleaseLock("another", "token"), patience, Cancellation);
        Assert.Equal(["k", "another"], coordinator.All<ReleaseLock>().Select(release => release.Key));
        isThere = true;
        world.Time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.IsType<LockReleased>(await asking.Within());
        Assert.Equal(["k", "another", "k"], coordinator.All<ReleaseLock>().Select(release => release.Key));
    }

    /// <summary>Timers that go off when the test says so, whatever they are set to.</summary>
    private sealed class LateTimers : TimeProvider
    {
        private Action? _goOff;

        public void GoOff() => _goOff!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Null(_goOff);
            _goOff = () => callback(state);
            return new Timer();
        }

        private sealed class Timer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
