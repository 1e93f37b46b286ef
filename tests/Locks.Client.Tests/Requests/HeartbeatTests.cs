using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.TestKit;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>What waiting callers cost while nothing happens, and what makes them resend their requests.</summary>
public sealed class HeartbeatTests : IAsyncLifetime
{
    private static readonly TimeSpan Interval = LockFixture.Heartbeat;
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(10);

    private readonly FakeCoordinator _coordinator = new();
    private readonly ConcurrentQueue<ConsumeContext<ClientAlive>> _heartbeats = new();
    private readonly CancellationTokenSource _giveUp = new();
    private LockFixture? _fixture;

    private LockFixture Fixture => _fixture!;

    public async ValueTask InitializeAsync()
    {
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 1);
        _fixture = await LockFixture.StartWithAsync(
            _ => { },
            _coordinator,
            transport: transport => transport.ReceiveEndpoint("listener", endpoint =>
            {
                ((IInMemoryReceiveEndpointConfigurator)endpoint).Bind("locks-alive");
                endpoint.ConfigureConsumeTopology = false;
                endpoint.AddDeserializer(MessageSerializer.Instance);
                endpoint.Handler<ClientAlive>(context =>
                {
                    _heartbeats.Enqueue(context);
                    return Task.CompletedTask;
                });
            }));
    }

    public async ValueTask DisposeAsync()
    {
        await _giveUp.CancelAsync();
        await Fixture.DisposeAsync();
        _giveUp.Dispose();
    }

    [Fact]
    public async Task AnyNumberOfWaiters_IsOneMessageInAnInterval_AndOneTimerForEachToGiveUp()
    {
        const int callers = 1_000;
        _ = await WaitAsync(callers);

        Assert.Equal([Interval, .. Enumerable.Repeat(Wait, callers)], Fixture.Time.Timers);
        for (var beats = 1; beats <= 3; beats++)
            await BeatAsync(beats);

        Assert.Equal(callers, _coordinator.Received.Count);
        Assert.All(_heartbeats, heartbeat => Assert.Equal((ClientId, Interval), (heartbeat.Message.ClientId, heartbeat.Message.Interval)));
        Assert.Equal([Interval, 2 * Interval, 3 * Interval], _heartbeats.Select(heartbeat => heartbeat.Message.Waiting));
        Assert.All(_heartbeats, heartbeat => Assert.Equal(_coordinator.LastRequester!.Value.Address, heartbeat.ResponseAddress));
    }

    [Fact]
    public async Task WithoutWaiters_NothingIsSaid()
    {
        _ = await WaitAsync(1);
        await BeatAsync(1);

        await _giveUp.CancelAsync();
        await _coordinator.ReceivedAsync<CancelAcquire>();
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Count == 0);
        Fixture.Time.Advance(10 * Interval);

        Assert.Single(_heartbeats);
    }

    [Fact]
    public async Task WhoWaitsAnew_BeginsAnew()
    {
        var first = Assert.Single(await WaitAsync(1));
        await _coordinator.SendUnaskedAsync(Fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().Single()));
        await using var handle = await first.Within();
        Assert.DoesNotContain(Interval, Fixture.Time.Timers);
        Fixture.Time.Advance(Interval);
        Assert.Empty(_heartbeats);

        _ = Fixture.Client.AcquireAsync("another", Wait, TimeSpan.FromHours(1), _giveUp.Token);
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Contains(Interval));
        await BeatAsync(1);

        Assert.Equal(Interval, _heartbeats.Single().Message.Waiting);
    }

    [Fact]
    public async Task ACoordinatorThatMayNotKnowTheWaiters_HasAllOfThemResend_UntilItAnswers()
    {
        const int callers = 20;
        _ = await WaitAsync(callers);
        await BeatAsync(1);
        _coordinator.OnAcquire = _ => null;

        await ResendAcquiresAsync();
        await _coordinator.ReceivedAsync<AcquireLock>(2 * callers);
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 1);
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Count(due => due <= TimeSpan.FromSeconds(2)) >= callers);
        Fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await _coordinator.ReceivedAsync<AcquireLock>(3 * callers);
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Count(due => due > Interval) == callers);
        await BeatAsync(2);

        Assert.Equal(callers, _coordinator.All<AcquireLock>().Distinct().Count());
        Assert.Equal(3 * callers, _coordinator.All<AcquireLock>().Count());
    }

    [Fact]
    public async Task WhoIsGrantedOnAskingAgain_HasTheLock()
    {
        var waiting = Assert.Single(await WaitAsync(1));
        await BeatAsync(1);
        _coordinator.OnAcquire = asked => _coordinator.Grant(asked, TimeSpan.FromSeconds(10));

        await ResendAcquiresAsync();

        await using var handle = await waiting.Within();
        Assert.True(handle.IsHeld);
    }

    [Fact]
    public async Task WhoWasPassedOver_AttemptsAnew_ForAsLongAsItWouldStillWait()
    {
        _ = await WaitAsync(1);
        Fixture.Time.Advance(TimeSpan.FromMinutes(1));
        var first = _coordinator.All<AcquireLock>().Single();

        await _coordinator.SendUnaskedAsync(Fixture, new LockDenied(first.Key, first.AcquireId, DenyReasons.Ended));

        await _coordinator.ReceivedAsync<AcquireLock>(2);
        var second = _coordinator.All<AcquireLock>().Last();
        Assert.NotEqual(first.AcquireId, second.AcquireId);
        Assert.Equal(Wait - TimeSpan.FromMinutes(1), second.Wait);
        Assert.Empty(_coordinator.All<CancelAcquire>());
    }

    private string? ClientId => _coordinator.All<AcquireLock>().First().ClientId;

    private async Task<Task<ILockHandle>[]> WaitAsync(int callers)
    {
        Task<ILockHandle>[] waiting =
            [.. Enumerable.Range(0, callers).Select(_ => Fixture.Client.AcquireAsync(LockFixture.Key, Wait, TimeSpan.FromHours(1), _giveUp.Token))];
        await _coordinator.ReceivedAsync<AcquireLock>(callers);
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Count(due => due == Wait) == callers && Fixture.Time.Timers.Count == callers + 1);
        return waiting;
    }

    private async Task BeatAsync(int count)
    {
        Fixture.Time.Advance(Interval);
        await Eventually.HoldsAsync(() => _heartbeats.Count == count, what: $"{count} heartbeats");
    }

    private Task ResendAcquiresAsync() => ReplyRoute.To(_coordinator.LastRequester!.Value.Address, Fixture.Bus.Address)
        .SendAsync(Fixture.Sender, requestId: null, new ResendAcquires(ClientId!), CancellationToken.None);
}
