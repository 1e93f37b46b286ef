using Locks.Client;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Xunit;

namespace Locks.Testing.Tests;

/// <summary>The harness beside whatever the application under test registers by itself.</summary>
public sealed class RegistrationTests
{
    private const string Key = AppUnderTest.Key;

    public static TheoryData<string, Action<IServiceCollection>> Orders => new()
    {
        { "the application has no locks of its own", services => services
            .AddMassTransitTestHarness(TextWriter.Null).AddLockTestHarness() },
        { "a harness that comes before MassTransit's, where there was no bus", services => services
            .AddLockTestHarness().AddMassTransitTestHarness(TextWriter.Null) },
        { "a client of its own", services => services
            .AddLockClient().AddMassTransitTestHarness(TextWriter.Null).AddLockTestHarness() },
        { "a client that comes after", services => services
            .AddMassTransitTestHarness(TextWriter.Null).AddLockTestHarness().AddLockClient() },
        { "a coordinator in the harness's bus", services => services
            .AddMassTransitTestHarness(TextWriter.Null, bus => bus.AddLockCoordinator()).AddLockTestHarness() },
        { "a coordinator in a bus that the harness takes over", services => services
            .AddMassTransit(bus => { bus.AddLockCoordinator(); bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context)); })
            .AddLockClient()
            .AddMassTransitTestHarness(TextWriter.Null).AddLockTestHarness() },
        { "names of its own", services => services
            .AddLockClient(client => client.QueueName = "my-locks")
            .AddMassTransitTestHarness(TextWriter.Null).AddLockTestHarness() },
        { "names of its own at both ends", services => services
            .AddMassTransit(bus =>
            {
                bus.AddLockCoordinator(coordinator => coordinator.QueueName = "my-locks");
                bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
            })
            .AddLockClient(client => client.QueueName = "my-locks")
            .AddMassTransitTestHarness(TextWriter.Null).AddLockTestHarness() },
        { "time that is not shared", services => services
            .AddMassTransit(bus => { bus.AddLockCoordinator(); bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context)); })
            .AddLockClient()
            .AddMassTransitTestHarness(TextWriter.Null).AddLockTestHarness(options => options.ShareTime = false) },
    };

    [Theory]
    [MemberData(nameof(Orders), DisableDiscoveryEnumeration = true)]
    public async Task EveryOrder_GivesLocksThatTheTestControls(string order, Action<IServiceCollection> register)
    {
        await using var app = await AppUnderTest.StartAsync(register);
        await using var handle = await app.Client.TryAcquireAsync(Key, TimeSpan.FromHours(1));

        Assert.True(handle is not null, order);
        await app.Locks.ExpireAsync(Key);

        Assert.True(handle.Lost.IsCancellationRequested, order);
        Assert.Equal([LockEventKind.Acquired, LockEventKind.Expired], app.Locks.Look(Key).History.Select(entry => entry.Kind));
        Assert.Single(app.Get<IEnumerable<ILockClient>>());
        Assert.Single(app.Get<IEnumerable<ILockStore>>());
    }

    [Fact]
    public async Task AHarnessThatComesTooEarly_IsRefused()
    {
        var before = await Assert.ThrowsAnyAsync<Exception>(() => AppUnderTest.StartAsync(services => services
            .AddMassTransit(bus => bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context)))
            .AddLockTestHarness()
            .AddMassTransitTestHarness(TextWriter.Null)));
        var store = await Assert.ThrowsAnyAsync<Exception>(() => AppUnderTest.StartAsync(services => services
            .AddMassTransitTestHarness(TextWriter.Null)
            .AddLockTestHarness()
            .AddSingleton<ILockStore, OtherStore>()));

        Assert.Contains("AddMassTransitTestHarness has replaced the lock coordinator's saga repository", before.ToString(), StringComparison.Ordinal);
        Assert.Contains("call AddLockTestHarness after the application has chosen its store", store.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABusWithoutEndpoints_IsRefused()
    {
        await using var app = await AppUnderTest.StartAsync(services => services
            .AddMassTransitTestHarness(TextWriter.Null, bus => bus.UsingInMemory()).AddLockTestHarness());

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => app.Locks.BusyAsync(Key));

        Assert.Contains("call ConfigureEndpoints", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AHarnessThatWasNotStarted_IsNamedAsTheReason()
    {
        await using var provider = new ServiceCollection()
            .AddMassTransitTestHarness(TextWriter.Null)
            .AddLockTestHarness(options => options.Timeout = TimeSpan.FromMilliseconds(100))
            .BuildServiceProvider();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => provider.GetLockTestHarness().BusyAsync(Key).Within());

        Assert.Contains("Was the test harness started", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheApplicationsOptions_AreKept()
    {
        await using var app = await AppUnderTest.StartAsync(services => services
            .AddLockClient(client => client.Owner = "the application")
            .AddMassTransitTestHarness(TextWriter.Null, bus => bus.AddLockCoordinator(coordinator => coordinator.IdleRetention = TimeSpan.FromMinutes(5)))
            .AddLockTestHarness());

        await using var handle = await app.Client.TryAcquireAsync(Key);

        await app.Locks.ShouldBeHeldAsync(Key, by: "the application");
        Assert.Equal(TimeSpan.FromMinutes(5), app.Get<IOptions<LockCoordinatorOptions>>().Value.IdleRetention);
    }

    [Fact]
    public async Task ADatabaseOfTheApplication_IsLeftOut()
    {
        await using var app = await AppUnderTest.StartAsync(services =>
        {
            services.AddMassTransit(bus =>
            {
                bus.AddLockCoordinator();
                bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
            });
            services.AddSingleton<ILockStore, UnusableStore>().AddSingleton<ILockSchema, UnusableSchema>();
            services.AddHealthChecks().AddCheck("locks-store", () => HealthCheckResult.Unhealthy());
            services.AddMassTransitTestHarness(TextWriter.Null).AddLockTestHarness();
        });

        await using var handle = await app.Client.TryAcquireAsync(Key).Within();

        Assert.NotNull(handle);
        Assert.Equal(HealthStatus.Healthy, (await app.Get<HealthCheckService>().CheckHealthAsync()).Status);
    }

    [Fact]
    public async Task Harnesses_AreIndependent()
    {
        await using var first = await AppUnderTest.StartAsync();
        await using var second = await AppUnderTest.StartAsync();
        using var unreachable = first.Locks.Unreachable();
        await using var busy = await first.Locks.BusyAsync(Key);

        await first.Locks.AdvanceAsync(TimeSpan.FromMinutes(1));
        await using var handle = await second.Client.TryAcquireAsync(Key);

        Assert.NotNull(handle);
        Assert.Equal(second.Time.Start, second.Time.GetUtcNow());
    }

    [Fact]
    public async Task ManyHarnesses_WorkInParallel()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            await using var app = await AppUnderTest.StartAsync(options => options.Timeout = TimeSpan.FromMinutes(1));
            await using var handle = await app.Client.TryAcquireAsync(Key, new LockOptions { Lease = TimeSpan.FromSeconds(30), AutoRenew = true });
            await app.Locks.AdvanceAsync(TimeSpan.FromMinutes(5));
            Assert.True(handle!.IsHeld, app.Locks.Look(Key).ToString());
        }));
    }

    [Fact]
    public void BadOptions_AreRefused()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(
            () => new ServiceCollection().AddLockTestHarness(options => options.Timeout = TimeSpan.Zero));
        var time = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddLockTestHarness(options => options.Time = null!));
        var twice = Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddLockTestHarness().AddLockTestHarness());

        Assert.Contains("Timeout is '00:00:00'; it must be between 00:00:00.1000000 and 00:10:00", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Time is null", time.Message, StringComparison.Ordinal);
        Assert.Contains("call it once", twice.Message, StringComparison.Ordinal);
    }

    private sealed class UnusableStore : ILockStore
    {
        public ILeaseStore Leases => throw new InvalidOperationException("There is no database.");

        public ILockReader Reader => throw new InvalidOperationException("There is no database.");

        public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("There is no database.");

        public Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("There is no database.");

        public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("There is no database.");

        public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("There is no database.");
    }

    private sealed class UnusableSchema : ILockSchema
    {
        public Task MigrateAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("There is no database.");

        public Task<bool> IsCurrentAsync(CancellationToken cancellationToken) => throw new InvalidOperationException("There is no database.");
    }

    /// <summary>A store that the harness must not use.</summary>
    private sealed class OtherStore : ILockStore
    {
        public ILeaseStore Leases => throw new NotSupportedException();

        public ILockReader Reader => throw new NotSupportedException();

        public Task<IReadOnlyList<StoredLock>> LoadAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlySet<Guid>> CommitAsync(IReadOnlyList<LockWrite> writes, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<OverdueLock>> FindOverdueAsync(DateTimeOffset dueBefore, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<int> PurgeIdleAsync(DateTimeOffset idleSince, int limit, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
