using System.Collections.Concurrent;
using Locks.Client;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Compliance.Issues;

/// <summary>
/// What an application had set on its bus for its own messages reached the product's: every call failed with "is one running on this
/// broker?", leases were never granted, heartbeats could not be read, or the coordinator's host did not start.
/// </summary>
public abstract class BusSettingCompliance
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    // Three of these without a heartbeat, and the waiter is passed over.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    // Most of a case's time is waiting.
    private const int CasesAtATime = 5;

    /// <summary>Tries every setting, several at a time, and fails with all that do not work.</summary>
    protected static async Task ForEachAsync(Func<BusSetting, string, Task> tryAsync)
    {
        var failures = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(
            BusSetting.All,
            new ParallelOptions { MaxDegreeOfParallelism = CasesAtATime },
            async (setting, _) =>
            {
                try
                {
                    await tryAsync(setting.Value, $"locks-{Guid.CreateVersion7():N}");
                }
                catch (Exception exception)
                {
                    failures[setting.Key] = exception.ToString();
                }
            });
        Assert.Empty(failures);
    }

    /// <summary>Starts an application whose bus has the setting.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="queue">The coordinator's queue.</param>
    /// <param name="useTransport">Chooses the transport, and has the bus configured.</param>
    /// <param name="hasCoordinator">Whether it has a coordinator.</param>
    /// <param name="hasClient">Whether it has a client.</param>
    /// <param name="consumes">Whether it consumes payments.</param>
    protected static async Task<IHost> StartAsync(
        BusSetting setting,
        string queue,
        Action<IBusRegistrationConfigurator, Action<IBusRegistrationContext, IBusFactoryConfigurator>> useTransport,
        bool hasCoordinator = false,
        bool hasClient = false,
        bool consumes = false)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.Services.AddSingleton(new Payments());
        if (hasClient)
        {
            builder.Services.AddLockClient(options =>
            {
                options.QueueName = queue;
                options.HeartbeatInterval = Heartbeat;
            });
        }

        builder.Services.AddMassTransit(bus =>
        {
            if (hasCoordinator)
                bus.AddLockCoordinator(options => options.QueueName = queue);
            if (consumes)
                bus.AddConsumer<PaymentConsumer, PaymentDefinition>().Endpoint(endpoint => endpoint.Name = $"{queue}-payments");
            setting.Register?.Invoke(bus);
            useTransport(bus, (context, transport) => setting.Configure?.Invoke(context, transport));
        });
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken).Within();
        return host;
    }

    /// <summary>Does everything that an application does with locks.</summary>
    protected static async Task EverythingWorksAsync(IHost host, IHost other)
    {
        var (client, another) = (host.Services.GetRequiredService<ILockClient>(), other.Services.GetRequiredService<ILockClient>());
        var holder = await client.TryAcquireAsync("busy", Lease).Within();
        Assert.NotNull(holder);
        Assert.Null(await another.TryAcquireAsync("busy", Lease).Within());

        // Waits for more than three heartbeats.
        var start = TimeProvider.System.GetTimestamp();
        var waiting = another.AcquireAsync("busy", TimeSpan.FromMinutes(2), new LockOptions { Lease = Lease });

        Assert.Equal(holder.FencingToken, (await client.DescribeAsync("busy").Within()).Holder!.FencingToken);
        Assert.Contains((await another.Inspector.ListPageAsync().Within()).Locks, found => found.Key == "busy");
        Assert.NotEmpty((await another.Inspector.DescribeCoordinatorsAsync().Within()).Coordinators);

        await using (var set = await client.TryAcquireAllAsync(["a", "b", "c"]).Within())
            Assert.True(set!.IsHeld);
        await using (var lease = await client.Leases.GrantAsync(Lease).Within())
        {
            await client.Leases.RenewAsync(lease.Id).Within();
            Assert.NotNull(await client.Leases.TimeToLiveAsync(lease.Id).Within());
            await using var onLease = await client.Locks.AcquireAsync("on the lease", lease.Id).Within();
            Assert.True(onLease.Acquired);
            await client.Leases.RevokeAsync(lease.Id).Within();
        }

        await host.Services.GetRequiredService<IBus>().Publish(new Payment("order")).Within();
        Assert.True(await host.Services.GetRequiredService<Payments>().Captured.Task.Within() > 0);

        await Eventually.HoldsAsync(() => TimeProvider.System.GetElapsedTime(start) > 4 * Heartbeat);
        Assert.False(waiting.IsCompleted);
        Assert.True(await holder.ReleaseAsync().Within());
        await using var granted = await waiting.Within();
        Assert.True(granted.IsHeld);
        Assert.True(granted.FencingToken > holder.FencingToken);
    }

    /// <summary>Sets up the endpoint of the consumer, whose messages are the application's own.</summary>
    public sealed class PaymentDefinition(IServiceProvider provider) : ConsumerDefinition<PaymentConsumer>
    {
        protected override void ConfigureConsumer(
            IReceiveEndpointConfigurator endpointConfigurator,
            IConsumerConfigurator<PaymentConsumer> consumerConfigurator,
            IRegistrationContext context) =>
            endpointConfigurator.UseDistributedLock<Payment>(provider, payment => $"payments/{payment.Order}");
    }

    public sealed class PaymentConsumer(Payments payments) : IConsumer<Payment>
    {
        public Task Consume(ConsumeContext<Payment> context)
        {
            payments.Captured.TrySetResult(context.FencingToken());
            return Task.CompletedTask;
        }
    }

    /// <summary>The fencing token under which the payment was captured.</summary>
    public sealed class Payments
    {
        public TaskCompletionSource<long> Captured { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
