using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>A payment consumer whose messages are guarded, on a bus with everything it needs.</summary>
internal static class GuardFixture
{
    public const string Queue = "payments";

    /// <summary>The guarded message, as logs and counts name it.</summary>
    public const string Message = "Locks.Client.Tests.ConsumeFilter.CapturePayment";

    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>The key of a payment's lock. A payment may have several messages: 7/a and 7/b are of payment 7.</summary>
    public static string KeyOf(CapturePayment message) => $"payment:{message.PaymentId.Split('/')[0]}";

    /// <summary>A payment consumer that is guarded on its endpoint.</summary>
    public static Task<LockFixture> StartAsync(
        Payments payments,
        Action<LockGuardConfigurator>? guard = null,
        FakeCoordinator? coordinator = null,
        Action<LockClientOptions>? client = null) =>
        StartAsync(
            payments,
            (endpoint, context) => endpoint.UseDistributedLock<CapturePayment>(context, KeyOf, guard),
            coordinator: coordinator,
            client: client);

    /// <summary>A payment consumer that is configured as the test says.</summary>
    public static Task<LockFixture> StartAsync(
        Payments payments,
        Action<IReceiveEndpointConfigurator, IRegistrationContext> endpoint,
        Action<IRegistrationContext, IConsumerConfigurator<PaymentConsumer>>? consumer = null,
        FakeCoordinator? coordinator = null,
        Action<LockClientOptions>? client = null,
        Action<IInMemoryBusFactoryConfigurator>? transport = null) => LockFixture.StartWithAsync(
        bus =>
        {
            bus.AddSingleton(payments);
            bus.AddConsumer<PaymentConsumer>((context, paymentConsumer) => consumer?.Invoke(
                context, paymentConsumer)).Endpoint(paymentConsumer => paymentConsumer.Name = Queue);
            bus.AddConsumer<PaymentObserver>();
            bus.AddConsumer<SkippedQueueConsumer>().Endpoint(strays => Aside(strays, $"{Queue}_skipped"));
            bus.AddConsumer<ErrorQueueConsumer>().Endpoint(strays => Aside(strays, $"{Queue}_error"));
            bus.AddConfigureEndpointsCallback((context, name, configurator) =>
            {
                if (name == Queue)
                    endpoint(configurator, context);
            });
        },
        coordinator,
        client,
        transport);

    /// <summary>Publishes the messages of some payments, one after another.</summary>
    public static async Task PublishAsync(this LockFixture fixture, params string[] payments)
    {
        foreach (var payment in payments)
            await fixture.Bus.Publish(new CapturePayment(payment));
    }

    /// <summary>Takes a payment's lock, as another process would.</summary>
    public static async Task<ILockHandle> HoldAsync(this LockFixture fixture, string payment) =>
        (await fixture.Client.TryAcquireAsync($"payment:{payment}", TimeSpan.FromHours(1)))!;

    public static Task WaitUntilFreeAsync(this LockFixture fixture, string payment) =>
        Eventually.HoldsAsync(() => fixture.IsFreeAsync($"payment:{payment}"), what: $"free lock of payment {payment}");

    public static Task WaitForLogAsync(this LockFixture fixture, string sentence) => Eventually.HoldsAsync(
        () => fixture.Logs.Lines.Any(line => line.Contains(sentence, StringComparison.Ordinal)), what: $"'{sentence}' in the log");

    private static void Aside(IEndpointRegistrationConfigurator endpoint, string name)
    {
        endpoint.Name = name;
        endpoint.ConfigureConsumeTopology = false;
    }
}
