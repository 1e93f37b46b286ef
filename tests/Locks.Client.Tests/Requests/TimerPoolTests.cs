using Locks.Client.Requests;
using Locks.Contracts;
using Locks.TestKit;
using Locks.Transport;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>Pooled timers serve one request after the other, and the system may let one go off when it was called off already.</summary>
public sealed class TimerPoolTests
{
    private readonly LateTimers _time = new();
    private readonly PendingRequests _pendingRequests = new(TimeProvider.System);
    private readonly TimerPool _pool;

    public TimerPoolTests() => _pool = new TimerPool(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ATimerThatFiresWithoutARequest_SignalsNone()
    {
        using var request = _pendingRequests.Open(Guid.CreateVersion7());
        _pool.Rent(request).Dispose();

        _time.Fire();

        var signal = request.WaitForSignalAsync().AsTask();
        Assert.False(signal.IsCompleted);
        request.Signal();
        await signal;
    }

    [Fact]
    public async Task ATimerThatFiresForAnEarlierRequest_OnlyHasTheNextOneLook()
    {
        using var earlier = _pendingRequests.Open(Guid.CreateVersion7());
        using (var timer = _pool.Rent(earlier))
            timer.Set(TimeSpan.FromSeconds(1));
        using var next = _pendingRequests.Open(Guid.CreateVersion7());
        using var reused = _pool.Rent(next);
        var signal = next.WaitForSignalAsync().AsTask();

        _time.Fire();
        await signal;
        Assert.Equal((false, false, false), (next.IsAnswered, next.IsQueued, next.IsClosed));

        // It has its own timer still, and its own answer.
        signal = next.WaitForSignalAsync().AsTask();
        Assert.False(signal.IsCompleted);
        _time.Fire();
        await signal;
        signal = next.WaitForSignalAsync().AsTask();
        var answer = new LockReleased("k", 1);
        next.OnReply(answer);
        await signal;
        Assert.Same(answer, next.Answer);
    }

    [Fact]
    public async Task ARequestThatIsWokenForAnother_IsNotSentAgainForThat_AndSleepsUntilItsOwnTime()
    {
        var isThere = false;
        var coordinator = new FakeCoordinator
        {
            OnRelease = release => release.Key != "k" || isThere ? new LockReleased(
            release.Key, 1) : null
        };
        await using var fixture = await LockFixture.StartAsync(coordinator);
        var dispatcher = NewDispatcher(fixture, fixture.Time);
        var deadline = Deadline.After(fixture.Time, TimeSpan.FromSeconds(15));
        using var request = dispatcher.Open();
        var asking = dispatcher.RequestAsync(request, new ReleaseLock("k", "token"), deadline, wait: null, Cancellation);
        await coordinator.ReceivedAsync<ReleaseLock>();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        fixture.Time.Advance(TimeSpan.FromSeconds(0.75));

        request.Signal();

        // Another request that goes all the way takes longer than a copy that is sent at once.
        await dispatcher.RequestAsync(new ReleaseLock("another", "token"), deadline, Cancellation);
        Assert.Equal(["k", "another"], coordinator.All<ReleaseLock>().Select(release => release.Key));
        isThere = true;
        fixture.Time.Advance(TimeSpan.FromSeconds(0.25));
        Assert.IsType<LockReleased>(await asking.Within());
        Assert.Equal(["k", "another", "k"], coordinator.All<ReleaseLock>().Select(release => release.Key));
    }

    [Fact]
    public async Task ARequestThatTakesTimeToSend_IsSentAgainNoLaterForThat()
    {
        await using var fixture = await LockFixture.StartAsync(new FakeCoordinator { OnRelease = _ => null });
        var options = new LockClientOptions();
        var dispatcher = NewDispatcher(fixture, new TimeThatSendingTakes(fixture.Time, TimeSpan.FromSeconds(0.25), options.ResendAfter * 1.5));
        var deadline = Deadline.After(fixture.Time, TimeSpan.FromSeconds(2));

        var asking = dispatcher.RequestAsync(new ReleaseLock("k", "token"), deadline, Cancellation);

        Assert.Contains(options.ResendAfter - TimeSpan.FromSeconds(0.25), fixture.Time.Timers);
        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.AsTimePassesAsync(asking, stepMs: 100));
    }

    private static RequestDispatcher NewDispatcher(LockFixture fixture, TimeProvider time) => new(
        fixture.Bus, new BusLifecycle(fixture.Sender.Connection, fixture.Time), fixture.Sender, new TimerPool(time), new LockClientOptions(),
        "client", NullLogger.Instance);

    /// <summary>Time that goes on while the first batch is sent, which is when its timer is set.</summary>
    private sealed class TimeThatSendingTakes(ManualTimeProvider time, TimeSpan duration, TimeSpan ofBatches) : TimeProvider
    {
        private bool _isSent;

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new Timer(this, time.CreateTimer(callback, state, dueTime, period));

        private sealed class Timer(TimeThatSendingTakes clock, ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period)
            {
                clock.Set(dueTime);
                return timer.Change(dueTime, period);
            }

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }

        private void Set(TimeSpan dueTime)
        {
            if (_isSent || dueTime != ofBatches)
                return;

            _isSent = true;
            time.Advance(duration);
        }
    }

    /// <summary>Timers that fire when the test says so, whatever they are set to.</summary>
    private sealed class LateTimers : TimeProvider
    {
        private Action? _fire;

        public void Fire() => _fire!();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Assert.Null(_fire);
            _fire = () => callback(state);
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
