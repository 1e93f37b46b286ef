using System.Collections.Concurrent;
using Locks.Client;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.IntegrationTests.ConsumeFilter;

/// <summary>What a guard does with RabbitMQ's queues and messages.</summary>
public sealed class GuardedServiceTests : IAsyncLifetime
{
    private readonly RabbitMqLockFixture _fixture = new();
    private readonly string _queue = $"orders-{Guid.CreateVersion7():N}";
    private readonly string _shipped = $"shipped-{Guid.CreateVersion7():N}";
    private readonly Orders _orders = new();

    public async ValueTask InitializeAsync() => await _fixture.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        await RabbitMqQueue.DeleteAsync(_queue);
        await RabbitMqQueue.DeleteAsync(_shipped);
    }

    [Fact]
    public async Task AMessageThatWaits_GoesBackToTheQueue_WhenItsServiceStops()
    {
        var service = await StartAsync(guard => guard.WaitWhenBusy(TimeSpan.FromHours(1)));
        await using var holder = await _fixture.NewClient().TryAcquireAsync("order:1", TimeSpan.FromMinutes(5));
        await _fixture.Bus.Publish(new ShipOrder("1"));
        await Eventually.HoldsAsync(async () => await _fixture.LookAsync("order:1") is { Waiters.Count: 1 });

        // MassTransit would wait for a message that is being consumed until the host's timeout of 30 s is at an end.
        await _fixture.StopServiceAsync(service).WaitAsync(TimeSpan.FromSeconds(25), TimeProvider.System);

        await Eventually.HoldsAsync(async () => await RabbitMqQueue.ReadyAsync(_queue) == 1);
        await Eventually.HoldsAsync(async () => await _fixture.LookAsync("order:1") is { Waiters.Count: 0 });
        await holder!.ReleaseAsync();
        await StartAsync(guard => guard.WaitWhenBusy(TimeSpan.FromHours(1)));
        await Eventually.HoldsAsync(() => _orders.Shipped.Count == 1);

        // It did not go to and fro while the service stopped: brokers count that, and give up on a message that comes back too often.
        Assert.Equal(1, _orders.Shipped.Single().Deliveries);
        Assert.Null(await RabbitMqQueue.ReadyAsync($"{_queue}_error"));
        Assert.Null(await RabbitMqQueue.ReadyAsync($"{_queue}_skipped"));
    }

    [Fact]
    public async Task AMessageThatIsConsumed_WhenItsServiceStops_IsConsumedToItsEnd_AndItsLockReleased()
    {
        var service = await StartAsync(guard => guard.Lease = TimeSpan.FromHours(1));
        var done = new TaskCompletionSource();
        _orders.Done = done.Task;
        await _fixture.Bus.Publish(new ShipOrder("1"));
        await Eventually.HoldsAsync(() => _orders.MostAtOnce == 1);

        // The client stops after the consumers, so that the release is answered.
        var endpoints = new StoppingEndpoints();
        service.Services.GetRequiredService<IBus>().ConnectReceiveEndpointObserver(endpoints);
        var stopping = _fixture.StopServiceAsync(service);
        await Eventually.HoldsAsync(() => endpoints.Addresses.Any(address => address.Contains(_queue, StringComparison.Ordinal)));
        Assert.DoesNotContain(endpoints.Addresses, address => address.Contains("locks-client", StringComparison.Ordinal));
        done.SetResult();
        await stopping.WaitAsync(TimeSpan.FromSeconds(25), TimeProvider.System);

        Assert.Equal("1", _orders.Shipped.Single().OrderId);
        Assert.True(await _fixture.LookAsync("order:1") is { Holder: null });
        Assert.Equal(0u, await RabbitMqQueue.ReadyAsync(_queue));
    }

    [Fact]
    public async Task Redeliver_NeedsNoPlugIn_AndKeepsTheMessageAsItWas()
    {
        await StartAsync(guard => guard.RedeliverWhenBusy(TimeSpan.FromMilliseconds(100), maxTimes: 10_000));
        var holder = await _fixture.NewClient().TryAcquireAsync("order:1", TimeSpan.FromMinutes(5));
        var (messageId, correlationId) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await _fixture.Bus.Publish(new ShipOrder("1"), send =>
        {
            send.MessageId = messageId;
            send.CorrelationId = correlationId;
            send.Headers.Set("Color", "blue");
        });
        await Eventually.HoldsAsync(() => _orders.Redelivered >= 3);

        await holder!.ReleaseAsync();

        await Eventually.HoldsAsync(() => _orders.Shipped.Count == 1);
        Assert.Equal(new Shipped("1", messageId, correlationId, "blue", Deliveries: 0), _orders.Shipped.Single() with { Fence = null });
        await Eventually.HoldsAsync(async () => await _fixture.LookAsync("order:1") is { Holder: null });
        Assert.Equal(0u, await RabbitMqQueue.ReadyAsync(_queue));
        Assert.Null(await RabbitMqQueue.ReadyAsync($"{_queue}_error"));
        Assert.Null(await RabbitMqQueue.ReadyAsync($"{_queue}_skipped"));
    }

    [Fact]
    public async Task WhatAGuardedConsumerSends_CarriesItsLock()
    {
        await StartAsync(guard => guard.SkipWhenBusy());

        await _fixture.Bus.Publish(new ShipOrder("1"));

        await Eventually.HoldsAsync(() => _orders is { Heard.Count: 1, Shipped.Count: 1 });
        Assert.Equal(("order:1", _orders.Shipped.Single().Fence), _orders.Heard.Single());
        Assert.NotNull(_orders.Shipped.Single().Fence);
    }

    [Fact]
    public async Task MessagesThatWait_KeepNoOtherFromTheConsumer_WhoseLimitIsOne()
    {
        await StartAsync(guard => guard.WaitWhenBusy(TimeSpan.FromHours(1)));
        var holder = await _fixture.NewClient().TryAcquireAsync("order:1", TimeSpan.FromMinutes(5));
        for (var i = 0; i < 6; i++)
            await _fixture.Bus.Publish(new ShipOrder("1"));
        await Eventually.HoldsAsync(async () => await _fixture.LookAsync("order:1") is { Waiters.Count: 6 });

        await _fixture.Bus.Publish(new ShipOrder("2"));
        await _fixture.Bus.Publish(new ShipOrder("3"));

        await Eventually.HoldsAsync(() => _orders.Shipped.Count == 2);
        Assert.Equal(["2", "3"], _orders.Shipped.Select(order => order.OrderId).Order());
        await holder!.ReleaseAsync();
        await Eventually.HoldsAsync(() => _orders.Shipped.Count == 8);
        Assert.Equal(1, _orders.MostAtOnce);
    }

    private Task<IHost> StartAsync(Action<LockGuardConfigurator> guard) => _fixture.StartServiceAsync(bus =>
    {
        bus.Configure<LockClientOptions>(client => client.RequestTimeout = TimeSpan.FromMinutes(5));
        bus.AddSingleton(_orders);
        bus.AddConsumer<Warehouse>((context, warehouse) => warehouse.ConcurrentMessageLimit = 1).Endpoint(endpoint =>
        {
            endpoint.Name = _queue;
            endpoint.PrefetchCount = 8;
        });
        bus.AddConsumer<FrontDesk>().Endpoint(endpoint => endpoint.Name = _shipped);
        bus.AddConfigureEndpointsCallback((context, name, endpoint) =>
        {
            if (name != _queue)
                return;

            // Which counts how often it has delivered a message.
            ((IRabbitMqReceiveEndpointConfigurator)endpoint).SetQuorumQueue();
            endpoint.UseDistributedLock<ShipOrder>(
                context,
                message =>
                {
                    _orders.Look();
                    return $"order:{message.OrderId}";
                },
                guard);
        });
    });

    public sealed record ShipOrder(string OrderId);

    public sealed record OrderShipped(string OrderId);

    internal sealed record Shipped(
        string OrderId, Guid? MessageId, Guid? CorrelationId, string? Color, int Deliveries, long? Fence = null);

    internal sealed class Orders
    {
        private readonly ConcurrentQueue<Shipped> _shipped = new();
        private readonly ConcurrentQueue<(string?, long?)> _heard = new();
        private int _looks;
        private int _now;
        private int _most;

        public IReadOnlyCollection<Shipped> Shipped => _shipped;

        public IReadOnlyCollection<(string? Key, long? Fence)> Heard => _heard;

        /// <summary>How often a message came again: the guard asks for its key each time.</summary>
        public int Redelivered => Volatile.Read(ref _looks) - 1;

        /// <summary>What shipping takes.</summary>
        public Task Done { get; set; } = Task.CompletedTask;

        public int MostAtOnce => Volatile.Read(ref _most);

        public void Look() => Interlocked.Increment(ref _looks);

        public async Task ShipAsync(ConsumeContext<ShipOrder> context)
        {
            var now = Interlocked.Increment(ref _now);
            _most = Math.Max(_most, now);
            await context.Publish(new OrderShipped(context.Message.OrderId));
            await Done;
            Interlocked.Decrement(ref _now);
            _shipped.Enqueue(new Shipped(
                context.Message.OrderId,
                context.GetOriginalMessageId(),
                context.CorrelationId,
                context.Headers.Get<string>("Color"),
                context.ReceiveContext.TransportHeaders.Get<int>("x-delivery-count") ?? 0,
                context.FencingToken()));
        }

        public void Hear(Headers headers) =>
            _heard.Enqueue((headers.Get<string>(LockHeaders.Key), headers.Get<long>(LockHeaders.FencingToken)));
    }

    private sealed class StoppingEndpoints : IReceiveEndpointObserver
    {
        private readonly ConcurrentQueue<string> _addresses = new();

        public IReadOnlyCollection<string> Addresses => _addresses;

        public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

        public Task Stopping(ReceiveEndpointStopping stopping)
        {
            _addresses.Enqueue(stopping.InputAddress.ToString());
            return Task.CompletedTask;
        }

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
    }

    internal sealed class Warehouse(Orders orders) : IConsumer<ShipOrder>
    {
        public Task Consume(ConsumeContext<ShipOrder> context) => orders.ShipAsync(context);
    }

    internal sealed class FrontDesk(Orders orders) : IConsumer<OrderShipped>
    {
        public Task Consume(ConsumeContext<OrderShipped> context)
        {
            orders.Hear(context.Headers);
            return Task.CompletedTask;
        }
    }
}
