using Locks.Client.Diagnostics;
using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using Locks.Transport.Batches;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Locks.Client.Tests;

/// <summary>A client and a coordinator in one process, on MassTransit's in-memory transport, at a time that the test moves.</summary>
internal sealed class LockFixture : IAsyncDisposable
{
    public const string Key = "orders/42";

    /// <summary>
    /// The heartbeat interval of clients in tests. It differs from a third of any lease, so that a timer tells which of the two is next.
    /// </summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(6);

    private readonly ServiceProvider _provider;

    private LockFixture(ServiceProvider provider, ManualTimeProvider time)
    {
        _provider = provider;
        Time = time;
    }

    public ManualTimeProvider Time { get; }

    public CapturedLogs Logs { get; private init; } = new();

    public ILockClient Client => _provider.GetRequiredService<ILockClient>();

    public IDistributedLock DistributedLock => _provider.GetRequiredService<IDistributedLock>();

    public IDistributedLockFactory LockFactory => _provider.GetRequiredService<IDistributedLockFactory>();

    /// <summary>What the client measures.</summary>
    public ClientMeter ClientMeter => _provider.GetRequiredService<ClientMeter>();

    /// <summary>What the coordinator measures, if it is a real one.</summary>
    public CoordinatorMeter CoordinatorMeter => _provider.GetRequiredService<CoordinatorMeter>();

    /// <summary>What the client's health check says.</summary>
    public async Task<HealthReportEntry> HealthAsync()
    {
        var report = await _provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "locks-client");
        return Assert.Single(report.Entries).Value;
    }

    /// <summary>Sends the product's own messages.</summary>
    public IsolatedSender Sender => _provider.GetRequiredService<IsolatedSender>();

    public IBus Bus => _provider.GetRequiredService<IBus>();

    /// <summary>A client whose messages go to a real coordinator.</summary>
    public static Task<LockFixture> StartAsync(Action<LockClientOptions>? configure = null) => StartAsync(
        bus => bus.AddLockCoordinator(), configure);

    /// <summary>A client whose messages go to a coordinator that the test scripts.</summary>
    public static Task<LockFixture> StartAsync(FakeCoordinator coordinator, Action<LockClientOptions>? configure = null) => StartAsync(
        AddFakeCoordinator,
        configure,
        coordinator);

    /// <summary>A client without a coordinator.</summary>
    public static Task<LockFixture> StartAloneAsync(Action<LockClientOptions>? configure = null) => StartAsync(_ => { }, configure);

    /// <summary>A client, a real coordinator or one that the test scripts, and what else the test puts on the bus.</summary>
    public static Task<LockFixture> StartWithAsync(
        Action<IBusRegistrationConfigurator> others,
        FakeCoordinator? coordinator = null,
        Action<LockClientOptions>? configure = null,
        Action<IInMemoryBusFactoryConfigurator>? transport = null) => StartAsync(
        bus =>
        {
            if (coordinator is null)
                bus.AddLockCoordinator();
            else
                AddFakeCoordinator(bus);
            others(bus);
        },
        configure,
        coordinator,
        transport);

    /// <summary>The stored lock; <see langword="null"/> when there is no row.</summary>
    public async Task<StoredLock?> StoredAsync(string key = Key) =>
        (await _provider.GetRequiredService<ILockStore>().LoadAsync([LockKey.ToId(key)], CancellationToken.None)).SingleOrDefault();

    public async Task<bool> IsFreeAsync(string key = Key) => await StoredAsync(key) is not { State.Holder: not null };

    public async Task<int> WaitersAsync(string key = Key) => (await StoredAsync(key))?.State.Waiters.Count ?? 0;

    /// <summary>Waits until one client is queued and knows it: its heartbeat is scheduled.</summary>
    public Task WaitUntilQueuedAsync(string key = Key) =>
        Eventually.HoldsAsync(async () => await WaitersAsync(key) == 1 && Time.Timers.Contains(Heartbeat));

    /// <summary>
    /// Whether so many locks have just been granted or renewed, and their next automatic renewal is a third of their lease away. So is the
    /// end of the lease as the coordinator's timer has it after two renewals, which does not count.
    /// </summary>
    /// <param name="lease">Their lease.</param>
    /// <param name="locks">How many.</param>
    /// <param name="limit">How much longer they may be held.</param>
    public bool AwaitsRenewal(TimeSpan lease, int locks = 1, TimeSpan? limit = null) => Time.TimersExceptOf(_provider.GetService<InProcessScheduler>()) is var timers
        && timers.Count(timer => timer == lease / 3) >= locks
        && timers.Count(timer => timer == (limit < TimeUntilAtRisk(lease) ? limit : TimeUntilAtRisk(lease))) >= locks;

    /// <summary>How long it is from a grant or a renewal until the next one is overdue.</summary>
    public static TimeSpan TimeUntilAtRisk(TimeSpan lease) => (lease - TimeSpan.FromMilliseconds(500)) * 0.6;

    /// <summary>Waits for something while time passes, in small steps.</summary>
    public async Task<T> AsTimePassesAsync<T>(Task<T> task, double stepMs = 10)
    {
        await Eventually.HoldsAsync(() =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(stepMs));
            return task.IsCompleted;
        });
        return await task;
    }

    /// <summary>Stops the bus, in good order, before the fixture is disposed of.</summary>
    public Task StopAsync() => _provider.GetRequiredService<IBusControl>().StopAsync();

    /// <summary>Starts the bus again.</summary>
    public Task RestartAsync() => _provider.GetRequiredService<IBusControl>().StartAsync();

    public async ValueTask DisposeAsync()
    {
        // What waits for an answer at the end of a test waits for time to pass.
        var stopping = StopServicesAsync();
        await Eventually.HoldsAsync(() =>
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            return stopping.IsCompleted;
        });
        await stopping;
        await _provider.DisposeAsync();
    }

    private async Task StopServicesAsync()
    {
        foreach (var service in _provider.GetServices<IHostedService>().Reverse())
            await service.StopAsync(CancellationToken.None);
    }

    private static void AddFakeCoordinator(IBusRegistrationConfigurator bus) =>
        bus.AddConsumer<FakeCoordinator>(consumer => consumer.ConcurrentMessageLimit = 1).Endpoint(endpoint =>
        {
            endpoint.Name = "locks";
            endpoint.AddConfigureEndpointCallback((context, receive) => IsolatedPipe
                .On(receive, context.GetRequiredService<IsolatedSender>(), BatchSerializer.Commands)
                .Consumers.ConnectInstance(context.GetRequiredService<FakeCoordinator>()));
        });

    private static async Task<LockFixture> StartAsync(
        Action<IBusRegistrationConfigurator> addCoordinator,
        Action<LockClientOptions>? configure,
        FakeCoordinator? coordinator = null,
        Action<IInMemoryBusFactoryConfigurator>? configureTransport = null)
    {
        var time = new ManualTimeProvider();
        var logs = new CapturedLogs();
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(time)
            .AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs))
            .AddLockClient(options =>
            {
                options.HeartbeatInterval = Heartbeat;
                configure?.Invoke(options);
            })
            .AddMassTransit(bus =>
            {
                addCoordinator(bus);
                bus.UsingInMemory((context, transport) =>
                {
                    configureTransport?.Invoke(transport);
                    transport.ConfigureEndpoints(context);
                });
            });
        if (coordinator is not null)
            services.AddSingleton(coordinator);
        var provider = services.BuildServiceProvider(validateScopes: true);
        if (coordinator is not null)
            provider.GetRequiredService<IBus>().ConnectReceiveObserver(coordinator);
        foreach (var service in provider.GetServices<IHostedService>())
            await service.StartAsync(CancellationToken.None);
        return new LockFixture(provider, time) { Logs = logs };
    }
}
