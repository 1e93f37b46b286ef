using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>A till whose messages are guarded, in a world with everything it needs.</summary>
internal static class GuardFixture
{
    public const string Queue = "till";

    /// <summary>The guarded message, as logs and counts name it.</summary>
    public const string Message = "Locks.Client.Tests.ConsumeFilter.CapturePayment";

    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>The key of a payment's lock. A payment may have several messages: 7/a and 7/b are of payment 7.</summary>
    public static string KeyOf(CapturePayment message) => $"payment:{message.PaymentId.Split('/')[0]}";

    /// <summary>A till that is guarded on its endpoint.</summary>
    public static Task<LockFixture> StartAsync(
        Payments payments, Action<LockGuardConfigurator>? guard = null, FakeCoordinator? standIn = null, Action<LockClientOptions>? client = null) =>
        StartAsync(
            payments,
            (endpoint, context) => endpoint.UseDistributedLock<CapturePayment>(context, KeyOf, guard),
            standIn: standIn,
            client: client);

    /// <summary>A till that is configured as the test says.</summary>
    public static Task<LockFixture> StartAsync(
        Payments payments,
        Action<IReceiveEndpointConfigurator, IRegistrationContext> endpoint,
        Action<IRegistrationContext, IConsumerConfigurator<Till>>? consumer = null,
        FakeCoordinator? standIn = null,
        Action<LockClientOptions>? client = null,
        Action<IInMemoryBusFactoryConfigurator>? transport = null) => LockFixture.StartWithAsync(
        bus =>
        {
            bus.AddSingleton(payments);
            bus.AddConsumer<Till>((context, till) => consumer?.Invoke(context, till)).Endpoint(till => till.Name = Queue);
            bus.AddConsumer<Office>();
            bus.AddConsumer<SkippedStrays>().Endpoint(strays => Aside(strays, $"{Queue}_skipped"));
            bus.AddConsumer<FailedStrays>().Endpoint(strays => Aside(strays, $"{Queue}_error"));
            bus.AddConfigureEndpointsCallback((context, name, configurator) =>
            {
                if (name == Queue)
                    endpoint(configurator, context);
            });
        },
        standIn,
        client,
        transport);

    /// <summary>Publishes the messages of some payments, one after another.</summary>
    public static async Task PublishAsync(this LockFixture world, params string[] payments)
    {
        foreach (var payment in payments)
            await world.Bus.Publish(new CapturePayment(payment));
    }

    /// <summary>Takes a payment's lock, as another process would.</summary>
    public static async Task<ILockHandle> HoldAsync(this LockFixture world, string payment) =>
        (await world.Client.TryAcquireAsync($"payment:{payment}", TimeSpan.FromHours(1)))!;

    public static Task IsFreeAgainAsync(this LockFixture world, string payment) =>
        Eventually.HoldsAsync(() => world.IsFreeAsync($"payment:{payment}"), what: $"free lock of payment {payment}");

    public static Task SaysAsync(this LockFixture world, string sentence) => Eventually.HoldsAsync(
        () => world.Logs.Lines.Any(line => line.Contains(sentence, StringComparison.Ordinal)), what: $"'{sentence}' in the log");

    private static void Aside(IEndpointRegistrationConfigurator endpoint, string name)
    {
        endpoint.Name = name;
        endpoint.ConfigureConsumeTopology = false;
    }
}
