using System.Collections.Concurrent;
using System.Reflection;
using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Scheduling;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Coordinator.Tests.Scheduling;

/// <summary>The timer by itself, with locks and a bus that only record.</summary>
public sealed class InProcessSchedulerTests : IDisposable
{
    private static readonly Uri Queue = new("exchange:locks");

    private readonly ManualTimeProvider _time = new();
    private readonly CapturedLogs _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly ConcurrentQueue<string[]> _woken = new();
    private readonly RecordingBus _bus;
    private readonly InProcessScheduler _timer;

    public InProcessSchedulerTests()
    {
        _loggers = new LoggerFactory([_logs]);
        _bus = RecordingBus.Create(out var bus);
        // A clock that can be set, so that a timer can go off too early.
        _timer = new InProcessScheduler(
            bus, DispatchAsync, CoordinatorClock.OfWallClock(_time), _time, _loggers.CreateLogger<InProcessScheduler>());
    }

    private IReadOnlyList<string> Woken => [.. _woken.SelectMany(set => set)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _timer.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public void Locks_AreWokenWhenTheyAreDue_WhateverOrderTheyCameIn()
    {
        Schedule("c", 3);
        Schedule("a", 1);
        Schedule("b", 2);

        _time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.Empty(Woken);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(["a"], Woken);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["a", "b", "c"], Woken);
        Assert.Equal(0, _timer.Count);
    }

    [Fact]
    public void LocksThatAreDueAtOnce_AreWokenTogether()
    {
        for (var i = 0; i < 5; i++)
            Schedule($"{i}", 1);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["0", "1", "2", "3", "4"], Assert.Single(_woken).Order());
    }

    [Fact]
    public async Task ALockThatIsDueAlready_IsWokenAtOnce()
    {
        Schedule("late", -1);

        await Eventually.HoldsAsync(() => Woken.Count == 1);
    }

    [Fact]
    public async Task WhatIsCalledOff_IsNotWoken_AndTheOthersAre()
    {
        var first = Schedule("first", 1);
        Schedule("second", 2);
        var pending = new DeferredSchedules(_timer);
        await pending.CancelScheduledSend(Queue, first, Cancellation);
        await pending.CancelScheduledSend(first, Cancellation);
        await pending.CancelScheduledSend(NewId.NextGuid(), Cancellation);
        pending.TakeEffect();

        Assert.Equal(1, _timer.Count);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["second"], Woken);
    }

    [Fact]
    public void Many_AreWokenInOrder_AndTheSystemHasOneTimerForAll()
    {
        var order = Enumerable.Range(0, 10_000).ToArray();
        new Random(1).Shuffle(order);
        foreach (var i in order)
            Schedule($"{i:D5}", 1 + i / 1000d);
        Assert.Single(_time.Timers);

        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(10_000, Woken.Count);
        Assert.Equal(Woken.Order(), Woken);
    }

    [Fact]
    public void ATimerThatFiresEarly_IsSetAgain()
    {
        Schedule("a", 10);
        _time.JumpWallClock(TimeSpan.FromSeconds(-3));

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(Woken);
        Assert.Equal([TimeSpan.FromSeconds(3)], _time.Timers);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(["a"], Woken);
    }

    [Fact]
    public void ADueTimeBetweenTwoMilliseconds_IsRoundedUp_NeverDown()
    {
        Schedule("a", 0.0015);

        Assert.Equal([TimeSpan.FromMilliseconds(2)], _time.Timers);
    }

    [Fact]
    public async Task WhatIsNoLock_IsSent_ByItself()
    {
        var pending = new DeferredSchedules(_timer);
        foreach (var lease in (Guid[])[LockKey.ToId("a"), LockKey.ToId("b")])
            await pending.ScheduleSend(Queue, _time.GetUtcNow().UtcDateTime.AddSeconds(1), new LeaseDue(lease), Pipe.Empty<SendContext<LeaseDue>>(), Cancellation);
        pending.TakeEffect();

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([LockKey.ToId("a"), LockKey.ToId("b")], _bus.Sent.OrderByDescending(id => id == LockKey.ToId("a")));
        Assert.Empty(Woken);
    }

    [Fact]
    public void WhatFails_IsLogged_AndTheNextIsDelivered()
    {
        Schedule("bad", 1);
        Schedule("good", 2);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["good"], Woken);
        Assert.Contains("could not be woken; the sweeper will find them.", Assert.Single(_logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void AfterItsEnd_NothingIsWoken_AndScheduleDoesNotFail()
    {
        Schedule("a", 1);
        _timer.Dispose();
        Schedule("b", 1);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(Woken);
        Assert.Empty(_time.Timers);
    }

    [Fact]
    public async Task DeferredSchedules_TakeEffectTogether_OrNotAtAll()
    {
        var stored = Schedule("stored", 1);
        var lease = Guid.CreateVersion7();
        var failed = new DeferredSchedules(_timer);
        await failed.CancelScheduledSend(stored, Cancellation);
        await ScheduleAsync(Guid.CreateVersion7(), 1, failed);
        Assert.Equal(1, _timer.Count);

        var succeeds = new DeferredSchedules(_timer);
        await succeeds.CancelScheduledSend(stored, Cancellation);
        await ScheduleAsync(lease, 2, succeeds);
        succeeds.TakeEffect();
        succeeds.TakeEffect();
        Assert.Equal(1, _timer.Count);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(Woken);
        await Eventually.HoldsAsync(() => _bus.Sent.Count == 1);
        Assert.Equal([lease], _bus.Sent);
    }

    private Task DispatchAsync(IReadOnlyList<DueExpiry> due)
    {
        if (due.Any(one => one.Message.Key == "bad"))
            return Task.FromException(new InvalidOperationException("the store is away"));
        _woken.Enqueue([.. due.Select(one => one.Message.Key)]);
        return Task.CompletedTask;
    }

    /// <summary>Sets the timer of a lock.</summary>
    /// <returns>The token.</returns>
    private Guid Schedule(string name, double seconds)
    {
        var token = NewId.NextGuid();
        _timer.SetExpiry(token, _time.GetUtcNow().AddSeconds(seconds), new LeaseExpired(name, 1));
        return token;
    }

    /// <summary>Schedules the message of a lease.</summary>
    private Task<ScheduledMessage<LeaseDue>> ScheduleAsync(Guid lease, double seconds, DeferredSchedules schedules) =>
        schedules.ScheduleSend(
            Queue, _time.GetUtcNow().AddSeconds(seconds).UtcDateTime, new LeaseDue(lease), Pipe.Empty<SendContext<LeaseDue>>(), Cancellation);

    /// <summary>As much of a bus, and of its send endpoint, as the timer uses.</summary>
    public class RecordingBus : DispatchProxy
    {
        private RecordingBus? _bus;
        private ISendEndpoint? _endpoint;

        public ConcurrentQueue<Guid> Sent { get; } = new();

        public static RecordingBus Create(out IBus bus)
        {
            bus = Create<IBus, RecordingBus>();
            var recording = (RecordingBus)(object)bus;
            recording._endpoint = Create<ISendEndpoint, RecordingBus>();
            ((RecordingBus)(object)recording._endpoint)._bus = recording;
            return recording;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => (targetMethod!.Name, args) switch
        {
            ("GetSendEndpoint", _) => Task.FromResult(_endpoint!),
            ("Send", [LeaseDue message, ..]) => _bus!.Record(message.LeaseId),
            _ => throw new NotSupportedException(targetMethod.Name),
        };

        private Task Record(Guid lease)
        {
            Sent.Enqueue(lease);
            return Task.CompletedTask;
        }
    }
}
