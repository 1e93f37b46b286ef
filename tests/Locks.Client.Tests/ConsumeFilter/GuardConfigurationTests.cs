using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>How a guard is configured with the bus, and what it rejects there.</summary>
public sealed class GuardConfigurationTests
{
    [Theory]
    [InlineData("00:00:00.05", "Lease is 00:00:00.0500000; it must be between 00:00:00.1000000 and 1.00:00:00")]
    [InlineData("1.00:00:01", "Lease is 1.00:00:01; it must be between")]
    public void ABadLease_IsRefused(string lease, string problem) =>
        Refuses<ArgumentOutOfRangeException>(problem, guard => guard.Lease = TimeSpan.Parse(lease, null));

    [Fact]
    public void ABadOwner_IsRefused() =>
        Refuses<ArgumentException>("Owner has 257 UTF-8 bytes; the limit is 256", guard => guard.Owner = new string('x', 257));

    [Theory]
    [InlineData("00:00:00")]
    [InlineData("1.00:00:01")]
    public void ABadWait_IsRefused(string limit) =>
        Refuses<ArgumentOutOfRangeException>($"Wait is {limit}; it must be between", guard => guard.WaitWhenBusy(TimeSpan.Parse(limit, null)));

    [Theory]
    [InlineData("00:00:00", 1, "delay is 00:00:00; it must be 1 ms to 15 min")]
    [InlineData("00:15:01", 1, "delay is 00:15:01; it must be 1 ms to 15 min")]
    [InlineData("00:00:01", 0, "maxTimes is 0; it must be 1 to 10000")]
    [InlineData("00:00:01", 10_001, "maxTimes is 10001; it must be 1 to 10000")]
    public void ABadRedelivery_IsRefused(string delay, int maxTimes, string problem) =>
        Refuses<ArgumentOutOfRangeException>(problem, guard => guard.RedeliverWhenBusy(TimeSpan.Parse(delay, null), maxTimes));

    [Fact]
    public void ASecondAnswerToABusyLock_IsRefused() => Refuses<InvalidOperationException>(
        "that is WaitWhenBusy already; it can't be FaultWhenBusy, too",
        guard =>
        {
            guard.WaitWhenBusy(TimeSpan.FromSeconds(1));
            guard.FaultWhenBusy();
        });

    [Fact]
    public void AGuardWithoutALockClient_IsRefused()
    {
        using var services = new ServiceCollection().AddLogging().BuildServiceProvider();

        var refusal = Assert.Throws<ConfigurationException>(() => Bus.Factory.CreateUsingInMemory(bus =>
            bus.ReceiveEndpoint("payments", endpoint => endpoint.UseDistributedLock<CapturePayment>(services, GuardFixture.KeyOf))));

        Assert.Contains("call services.AddLockClient()", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AGuardOfAMessageThatNothingConsumesThere_IsRefused()
    {
        using var services = Services();

        var refusal = Assert.ThrowsAny<Exception>(() => Bus.Factory.CreateUsingInMemory(bus => bus.ReceiveEndpoint("payments", endpoint =>
        {
            endpoint.UseDistributedLock<PaymentCaptured>(services, message => message.PaymentId);
            endpoint.Consumer(() => new PaymentConsumer(new Payments()));
        })));

        Assert.Contains("PaymentCaptured on loopback://localhost/payments guards nothing", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AGuardOfAMessageThatTwoConsumeThere_IsRefused()
    {
        using var services = Services();

        var refusal = Assert.ThrowsAny<Exception>(() => Bus.Factory.CreateUsingInMemory(bus => bus.ReceiveEndpoint("payments", endpoint =>
        {
            endpoint.UseDistributedLock<CapturePayment>(services, GuardFixture.KeyOf);
            endpoint.Consumer(() => new PaymentConsumer(new Payments()));
            endpoint.Handler<CapturePayment>(_ => Task.CompletedTask);
        })));

        Assert.Contains("meets several that consume it. Guard each consumer by itself", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AConsumersGuardOfAMessageThatItDoesNotConsume_IsRefused()
    {
        using var services = Services();

        var refusal = Assert.ThrowsAny<Exception>(() => Bus.Factory.CreateUsingInMemory(bus => bus.ReceiveEndpoint("payments", endpoint =>
            endpoint.Consumer(
                () => new PaymentConsumer(new Payments()),
                paymentConsumer => paymentConsumer.UseDistributedLock<PaymentConsumer, PaymentCaptured>(
                    services, message => message.PaymentId)))));

        Assert.Contains("PaymentCaptured is not consumed by", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AGuardOfAHandler_IsPlaced()
    {
        using var services = Services();

        var bus = Bus.Factory.CreateUsingInMemory(configure => configure.ReceiveEndpoint("payments", endpoint =>
        {
            endpoint.UseDistributedLock<CapturePayment>(services, GuardFixture.KeyOf, guard => guard.WaitWhenBusy(TimeSpan.FromSeconds(1)));
            endpoint.Handler<PaymentCaptured>(_ => Task.CompletedTask);
            endpoint.Handler<CapturePayment>(_ => Task.CompletedTask);
        }));

        var pipeline = JsonSerializer.Serialize(bus.GetProbeResult());
        Assert.Contains("distributedLock", pipeline, StringComparison.Ordinal);
        Assert.Contains("WaitWhenBusy", pipeline, StringComparison.Ordinal);
    }

    private static void Refuses<T>(string problem, Action<LockGuardConfigurator> configure)
        where T : Exception
    {
        using var services = Services();

        var refusal = Assert.Throws<T>(() => Bus.Factory.CreateUsingInMemory(bus => bus.ReceiveEndpoint("payments", endpoint =>
            endpoint.UseDistributedLock<CapturePayment>(services, GuardFixture.KeyOf, configure))));

        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Services() => new ServiceCollection().AddLogging().AddLockClient().BuildServiceProvider();
}
