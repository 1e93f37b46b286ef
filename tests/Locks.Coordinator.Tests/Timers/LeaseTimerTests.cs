using System.Collections.Concurrent;
using System.Reflection;
using Locks.Contracts;
using Locks.Coordinator.Timers;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Coordinator.Tests.Timers;

/// <summary>The timer by itself, with a bus that only takes note.</summary>
public sealed class LeaseTimerTests : IDisposable
{
    private static readonly Uri Queue = new("exchange:locks");

    private readonly ManualTimeProvider _time = new();
    private readonly CapturedLogs _logs = new();
    private readonly LoggerFactory _loggers;
    private readonly NotingBus _bus;
    private readonly LeaseTimer _timer;

    public LeaseTimerTests()
    {
        _loggers = new LoggerFactory([_logs]);
        _bus = NotingBus.Create(out var bus);
        _timer = new LeaseTimer(new Lazy<IBus>(bus), _time, _loggers.CreateLogger<LeaseTimer>());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _timer.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task Messages_AreSentWhenTheyAreDue_WhateverOrderTheyCameIn()
    {
        await ScheduleAsync("c", 3);
        await ScheduleAsync("a", 1);
        await ScheduleAsync("b", 2);

        _time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.Empty(_bus.Sent);
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(["a"], _bus.Sent);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["a", "b", "c"], _bus.Sent);
        Assert.Equal(0, _timer.Count);
    }

    [Fact]
    public async Task MessagesOfTheSameMoment_AreAllSent()
    {
        for (var i = 0; i < 5; i++)
            await ScheduleAsync($"{i}", 1);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(["0", "1", "2", "3", "4"], _bus.Sent.Order());
    }

    [Fact]
    public async Task AMessageThatIsDueAlready_IsSentAtOnce()
    {
        await ScheduleAsync("late", -1);

        await Eventually.HoldsAsync(() => _bus.Sent.Count == 1);
    }

    [Fact]
    public async Task ACancelledMessage_IsNotSent_AndTheOthersAre()
    {
        var first = await ScheduleAsync("first", 1);
        await ScheduleAsync("second", 2);
        var pending = new PendingTimers(_timer);
        await pending.CancelScheduledSend(Queue, first.TokenId, Cancellation);
        await pending.CancelScheduledSend(first.TokenId, Cancellation);
        await pending.CancelScheduledSend(NewId.NextGuid(), Cancellation);
        pending.TakeEffect();

        Assert.Equal(1, _timer.Count);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["second"], _bus.Sent);
    }

    [Fact]
    public async Task ManyMessages_AreSentInOrder_AndTheSystemHasOneTimerForAll()
    {
        var order = Enumerable.Range(0, 10_000).ToArray();
        new Random(1).Shuffle(order);
        foreach (var i in order)
            await ScheduleAsync($"{i:D5}", 1 + i / 1000d);
        Assert.Single(_time.Timers);

        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(10_000, _bus.Sent.Count);
        Assert.Equal(_bus.Sent.Order(), _bus.Sent);
    }

    [Fact]
    public async Task ATimerThatFiresEarly_IsSetAgain()
    {
        await ScheduleAsync("a", 10);
        _time.JumpWallClock(TimeSpan.FromSeconds(-3));

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(_bus.Sent);
        Assert.Equal([TimeSpan.FromSeconds(3)], _time.Timers);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(["a"], _bus.Sent);
    }

    [Fact]
    public async Task ADueTimeBetweenTwoMilliseconds_IsRoundedUp_NeverDown()
    {
        await ScheduleAsync("a", 0.0015);

        Assert.Equal([TimeSpan.FromMilliseconds(2)], _time.Timers);
    }

    [Fact]
    public async Task ASendThatFails_IsLogged_AndTheNextIsSent()
    {
        _bus.Fails = message => message == "bad";
        await ScheduleAsync("bad", 1);
        await ScheduleAsync("good", 1);
        await ScheduleAsync("later", 2);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["good", "later"], _bus.Sent);
        Assert.Contains("The expiry of a lock could not be sent; the sweeper will find it.", Assert.Single(_logs.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AfterItsEnd_NothingIsSent_AndScheduleDoesNotFail()
    {
        await ScheduleAsync("a", 1);
        _timer.Dispose();
        await ScheduleAsync("b", 1);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Empty(_bus.Sent);
        Assert.Empty(_time.Timers);
    }

    [Fact]
    public async Task PendingTimers_TakeEffectTogether_OrNotAtAll()
    {
        var stored = await ScheduleAsync("stored", 1);
        var failed = new PendingTimers(_timer);
        await failed.CancelScheduledSend(stored.TokenId, Cancellation);
        await ScheduleAsync("failed", 1, failed);
        Assert.Equal(1, _timer.Count);

        var succeeds = new PendingTimers(_timer);
        await succeeds.CancelScheduledSend(stored.TokenId, Cancellation);
        var next = await ScheduleAsync("next", 2, succeeds);
        succeeds.TakeEffect();
        succeeds.TakeEffect();
        Assert.Equal(1, _timer.Count);
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(["next"], _bus.Sent);
        Assert.Equal("next", next.Payload.Key);
    }

    private async Task<ScheduledMessage<LeaseExpired>> ScheduleAsync(string name, double seconds)
    {
        var pending = new PendingTimers(_timer);
        var scheduled = await ScheduleAsync(name, seconds, pending);
        pending.TakeEffect();
        return scheduled;
    }

    private Task<ScheduledMessage<LeaseExpired>> ScheduleAsync(string name, double seconds, PendingTimers pending) =>
        pending.ScheduleSend(
            Queue, _time.GetUtcNow().AddSeconds(seconds).UtcDateTime, new LeaseExpired(name, 1), Pipe.Empty<SendContext<LeaseExpired>>(), Cancellation);

    /// <summary>As much of a bus, and of its send endpoint, as the timer uses.</summary>
    public class NotingBus : DispatchProxy
    {
        private NotingBus? _bus;
        private ISendEndpoint? _endpoint;

        public ConcurrentQueue<string> Sent { get; } = new();

        public Func<string, bool> Fails { get; set; } = _ => false;

        public static NotingBus Create(out IBus bus)
        {
            bus = Create<IBus, NotingBus>();
            var notes = (NotingBus)(object)bus;
            notes._endpoint = Create<ISendEndpoint, NotingBus>();
            ((NotingBus)(object)notes._endpoint)._bus = notes;
            return notes;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => (targetMethod!.Name, args) switch
        {
            ("GetSendEndpoint", _) => Task.FromResult(_endpoint!),
            ("Send", [LeaseExpired message, ..]) => _bus!.Note(message.Key),
            _ => throw new NotSupportedException(targetMethod.Name),
        };

        private Task Note(string name)
        {
            if (Fails(name))
                return Task.FromException(new InvalidOperationException("the broker is away"));
            Sent.Enqueue(name);
            return Task.CompletedTask;
        }
    }
}
