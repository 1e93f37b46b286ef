using Locks.Testing;
using Locks.TestKit;
using Locks.Transport.Isolation;
using Locks.Transport.RabbitMq;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace Locks.Transport.Tests.RabbitMq;

/// <summary>
/// MassTransit waits for a consumer that never learns that it reads, or that its connection is lost: the endpoint was left down, and not even
/// to be stopped.
/// </summary>
public sealed class LostChannelFilterTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LostChannelFilter _filter;
    private AsyncEventHandler<ShutdownEventArgs>? _closed;
    private bool _isOpen = true;
    private bool _isConnected = true;

    public LostChannelFilterTests() => _filter = new LostChannelFilter(_time);

    [Fact]
    public async Task AnOpeningThatGoesOn_AfterItsChannelHasClosed_IsEnded()
    {
        var opening = OpenAsync();
        await CloseAsync();
        await Eventually.HoldsAsync(() => _time.Timers.Contains(LostChannelFilter.Limit));

        _time.Advance(LostChannelFilter.Limit);

        await Assert.ThrowsAsync<RabbitMqConnectionException>(opening.Within);
        Assert.Null(_closed);
    }

    [Fact]
    public async Task AnOpening_OnAChannelThatIsClosedAlready_IsEnded()
    {
        _isOpen = false;
        var opening = OpenAsync();
        await Eventually.HoldsAsync(() => _time.Timers.Contains(LostChannelFilter.Limit));

        _time.Advance(LostChannelFilter.Limit);

        await Assert.ThrowsAsync<RabbitMqConnectionException>(opening.Within);
    }

    [Fact]
    public async Task WhatMassTransitEndsByItself_IsLeftToIt()
    {
        var opening = OpenAsync();
        await CloseAsync();
        await Eventually.HoldsAsync(() => _time.Timers.Contains(LostChannelFilter.Limit));

        _reading.SetException(new InvalidOperationException("why"));

        Assert.Equal("why", (await Assert.ThrowsAsync<InvalidOperationException>(opening.Within)).Message);
    }

    [Fact]
    public async Task AnEndpointThatReads_WorksOnItsMessages_HoweverLongAgoItsChannelHasClosed()
    {
        // All of this happens at once, so that a limit would be there already.
        _isOpen = false;
        var opening = OpenAsync(becomeReady: true);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Empty(_time.Timers);
        Assert.False(opening.IsCompleted);
        _reading.SetResult();
        await opening.Within();
    }

    [Fact]
    public async Task AnEndpointThatReads_AndIsNotToldThatItsConnectionIsLost_IsEnded()
    {
        var opening = OpenAsync(becomeReady: true);
        await LookAsync();
        Assert.False(opening.IsCompleted);
        _isConnected = false;
        await LookAsync();
        await Eventually.HoldsAsync(() => _time.Timers.Contains(LostChannelFilter.Limit));

        _time.Advance(LostChannelFilter.Limit);

        await Assert.ThrowsAsync<RabbitMqConnectionException>(opening.Within);
        Assert.Null(_closed);
    }

    [Fact]
    public async Task AnEndpointThatReads_AndIsToldLater_WorksOnItsMessages()
    {
        var opening = OpenAsync(becomeReady: true);
        _isConnected = false;
        await LookAsync();
        await Eventually.HoldsAsync(() => _time.Timers.Contains(LostChannelFilter.Limit));

        await CloseAsync();
        await Eventually.HoldsAsync(() => _time.Timers.Count == 0);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(opening.IsCompleted);
        _reading.SetResult();
        await opening.Within();
    }

    [Fact]
    public async Task AnEndpointThatWasReady_IsWatchedAgain_WhenItIsOpenedAgain()
    {
        var first = OpenAsync();
        await BecomeReadyAsync();
        _reading.SetResult();
        await first.Within();

        var second = OpenAsync(new TaskCompletionSource().Task);
        await CloseAsync();
        await Eventually.HoldsAsync(() => _time.Timers.Contains(LostChannelFilter.Limit));
        _time.Advance(LostChannelFilter.Limit);

        await Assert.ThrowsAsync<RabbitMqConnectionException>(second.Within);
    }

    [Fact]
    public void EveryEndpointThatIsKeptOpen_OnRabbitMq_IsWatched()
    {
        List<string> calls = [];
        var endpoint = Stub.Of<IRabbitMqReceiveEndpointConfigurator>((method, _) =>
        {
            calls.Add(method.Name);
            return null;
        });
        var connection = new IsolatedConnection(new Lazy<IBus>(() => Stub.Of<IBus>((_, _) => null)), () => null);

        new BusLifecycle(connection, _time).KeepOpen(endpoint, new RabbitMqTransport(new Uri("rabbitmq://localhost/bus")), () => Stub.Of<IBus>((_, _) => null));

        Assert.Contains(nameof(IRabbitMqReceiveEndpointConfigurator.ConfigureChannel), calls);
    }

    private Task OpenAsync(Task? reading = null, bool becomeReady = false)
    {
        var channel = Stub.Of<IChannel>((method, arguments) =>
        {
            if (method.Name.StartsWith("add_", StringComparison.Ordinal))
                _closed += (AsyncEventHandler<ShutdownEventArgs>)arguments[0]!;
            else if (method.Name.StartsWith("remove_", StringComparison.Ordinal))
                _closed -= (AsyncEventHandler<ShutdownEventArgs>)arguments[0]!;
            return method.Name == "get_IsOpen" ? _isOpen : null;
        });
        var connection = Stub.Of<IConnection>((method, _) => method.Name == "get_IsOpen" ? _isConnected : null);
        var connectionContext = Stub.Of<ConnectionContext>((method, _) => method.Name == "get_Connection" ? connection : null);
        var context = Stub.Of<ChannelContext>((method, _) => method.Name == "get_ConnectionContext" ? connectionContext : channel);
        return ((IFilter<ChannelContext>)_filter).Send(context, Pipe.ExecuteAsync<ChannelContext>(async _ =>
        {
            if (becomeReady)
                await BecomeReadyAsync();
            await (reading ?? _reading.Task);
        }));
    }

    /// <summary>Lets the filter look at the connection once more.</summary>
    private async Task LookAsync()
    {
        await Eventually.HoldsAsync(() => _time.Timers.Contains(LostChannelFilter.LookInterval));
        _time.Advance(LostChannelFilter.LookInterval);
    }

    private Task CloseAsync()
    {
        _isOpen = false;
        return _closed!.Invoke(this, new ShutdownEventArgs(ShutdownInitiator.Peer, Constants.ConnectionForced, "closed by the test"));
    }

    private Task BecomeReadyAsync() =>
        ((IReceiveEndpointObserver)_filter).Ready(Stub.Of<ReceiveEndpointReady>((method, _) => method.Name == "get_IsStarted" ? true : null));
}
