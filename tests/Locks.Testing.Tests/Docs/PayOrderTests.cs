using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Testing.Tests.Docs;

/// <summary>The test of docs/testing.md, as a user writes it.</summary>
public sealed class PayOrderTests
{
    [Fact]
    public async Task AnOrder_IsNotPaidWhileAnotherInstancePaysIt()
    {
        await using var provider = new ServiceCollection()
            .AddLockClient(client => client.Owner = "payments")
            .AddMassTransitTestHarness(bus => bus.AddConsumer<PayOrderConsumer, PayOrderDefinition>())
            .AddLockTestHarness()
            .BuildServiceProvider(validateScopes: true);
        var harness = await provider.StartTestHarness();
        var locks = provider.GetLockTestHarness();
        var busy = await locks.BusyAsync("order:42", owner: "another instance");

        await harness.Bus.Publish(new PayOrder(42));
        await locks.ShouldHaveWaitersAsync("order:42", 1);
        Assert.False(locks.WasAcquired("order:42", by: "payments"));

        await busy.ReleaseAsync();
        await locks.ShouldHaveReleasedAsync("order:42", by: "payments");
        Assert.True(await harness.Published.Any<OrderPaid>());
    }
}

public sealed record PayOrder(int OrderId);

public sealed record OrderPaid(int OrderId);

public sealed class PayOrderConsumer : IConsumer<PayOrder>
{
    public Task Consume(ConsumeContext<PayOrder> context) =>
        context.Publish(new OrderPaid(context.Message.OrderId), context.CancellationToken);
}

public sealed class PayOrderDefinition : ConsumerDefinition<PayOrderConsumer>
{
    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<PayOrderConsumer> consumerConfigurator,
        IRegistrationContext context) =>
        consumerConfigurator.UseDistributedLock<PayOrderConsumer, PayOrder>(
            context, message => $"order:{message.OrderId}", guard => guard.WaitWhenBusy(TimeSpan.FromMinutes(1)));
}
