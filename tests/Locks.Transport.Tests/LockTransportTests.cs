using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Transport.Tests;

/// <summary>Which transport a bus has, and what that means. The integration tests show what travels over RabbitMQ.</summary>
public sealed class LockTransportTests
{
    [Theory]
    [InlineData("rabbitmq://host/bus?temporary=true", true, true)]
    [InlineData("rabbitmqs://host/vhost/bus", true, true)]
    [InlineData("loopback://localhost/bus", false, true)]
    [InlineData("sb://namespace/bus", false, false)]
    public void TheBusAddress_SaysWhatTheTransportHas(string address, bool hasPartitions, bool hasFanOut)
    {
        var transport = LockTransport.For(new Uri(address));

        Assert.Equal((hasPartitions, hasFanOut), (transport.HasPartitions, transport.HasFanOut));
    }

    [Fact]
    public void TheSelector_KeepsTheFirstTransport()
    {
        var selector = new TransportSelector();

        Assert.Same(selector.For(new Uri("rabbitmq://host/locks")), selector.For(new Uri("rabbitmq://host/bus?temporary=true")));
    }

    [Theory]
    [InlineData("rabbitmq://host/vhost/client%20a?temporary=true", "rabbitmq://host/vhost/amq.rabbitmq.reply-to", "client a")]
    [InlineData("rabbitmq://host/orders", "rabbitmq://host/amq.rabbitmq.reply-to", "orders")]
    [InlineData("rabbitmqs://host/vhost/orders?bind=true&queue=big%20orders", "rabbitmqs://host/vhost/amq.rabbitmq.reply-to", "big orders")]
    [InlineData("queue:orders", "exchange:amq.rabbitmq.reply-to", "orders")]
    [InlineData("exchange:orders?type=direct", "exchange:amq.rabbitmq.reply-to", "orders")]
    [InlineData("rabbitmq://host/amq.rabbitmq.reply-to", "rabbitmq://host/amq.rabbitmq.reply-to", null)]
    [InlineData("http://host/orders", "http://host/orders", null)]
    public void OnRabbitMq_AQueueIsRepliedToThroughTheDefaultExchange(string replyAddress, string address, string? queue) =>
        Assert.Equal(new ReplyRoute(new Uri(address), queue), ReplyRoute.To(new Uri(replyAddress), new Uri("rabbitmq://own/bus")));

    [Theory]
    [InlineData("loopback://localhost/client?temporary=true")]
    [InlineData("queue:orders")]
    public void OnOtherTransports_AnAddressIsRepliedToAsItIs(string replyAddress) =>
        Assert.Equal(new ReplyRoute(new Uri(replyAddress), Queue: null), ReplyRoute.To(new Uri(replyAddress), new Uri("loopback://localhost/bus")));

    [Fact]
    public async Task InMemory_ABroadcastReachesEverySubscriber()
    {
        await using var provider = new ServiceCollection().AddMassTransit(bus => bus.UsingInMemory()).BuildServiceProvider(true);
        var bus = provider.GetRequiredService<IBusControl>();
        await bus.StartAsync(TestContext.Current.CancellationToken);
        var transport = LockTransport.For(bus.Address);
        var (first, second) = (new TaskCompletionSource<string>(), new TaskCompletionSource<string>());
        await ConnectAsync(first);
        await ConnectAsync(second);

        await LockTransport.BroadcastAsync(
            bus,
            "topic",
            new ResendAcquires("session"),
            TimeSpan.FromMinutes(1),
            replyAddress: null,
            isConfirmed: false,
            TestContext.Current.CancellationToken);

        Assert.Equal("session", await first.Task.Within());
        Assert.Equal("session", await second.Task.Within());
        await bus.StopAsync(TestContext.Current.CancellationToken);

        Task ConnectAsync(TaskCompletionSource<string> received) => bus.ConnectReceiveEndpoint(endpoint =>
        {
            transport.Subscribe(endpoint, "topic");
            endpoint.ConfigureConsumeTopology = false;
            endpoint.Handler<ResendAcquires>(context =>
            {
                received.TrySetResult(context.Message.ClientId);
                return Task.CompletedTask;
            });
        }).Ready;
    }
}
