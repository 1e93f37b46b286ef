using Locks.Client;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// A host that stopped kept its locks: a service that was registered before the bus stopped after it, and waited 15 s for the answer to its
/// release; renewals went on after the stop, and others got the locks only when the leases ended.
/// </summary>
public sealed class StoppingHostTests : IAsyncLifetime
{
    private const int Count = 50;

    // The release of what is held takes 5 s at most; a stop that waits for answers that cannot come takes 15 s and more.
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(12);
    private static readonly LockOptions Renewed = new() { Lease = TimeSpan.FromHours(1), AutoRenew = true };

    private readonly RabbitMqLockFixture _fixture = new();

    public async ValueTask InitializeAsync() => await _fixture.StartAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ALockThatAServiceHolds_IsFree_WhenTheHostHasStopped(bool isRegisteredBeforeTheBus)
    {
        var held = new TaskCompletionSource<ILockHandle>(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = await StartAsync(
            services => services.AddSingleton(held).AddHostedService<Holder>(), isRegisteredBeforeTheBus);
        var handle = await held.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System);
        Assert.True(handle.IsHeld);

        await StopAsync(host);

        Assert.False(handle.IsHeld);
        Assert.True(await _fixture.LookAsync("nightly job") is null or { Holder: null });
    }

    [Fact]
    public async Task ManyLocksAndManyWaiters_EndWithTheHost()
    {
        var host = await StartAsync(_ => { }, isFirst: true);
        var client = host.Services.GetRequiredService<ILockClient>();
        var handles = await Task.WhenAll(Enumerable.Range(0, Count).Select(index => client.TryAcquireAsync($"lock {index}", Renewed)));
        var waiting = Enumerable.Range(0, Count)
            .Select(index => client.AcquireAsync($"lock {index}", TimeSpan.FromHours(1), Renewed))
            .ToList();
        await Eventually.HoldsAsync(async () => await _fixture.LookAsync($"lock {Count - 1}") is { Waiters.Count: 1 });

        await StopAsync(host);

        foreach (var caller in waiting)
            await Assert.ThrowsAsync<LockUnavailableException>(() => caller.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System));
        Assert.All(handles, handle => Assert.Equal(LockLossReason.ClientStopped, handle!.Loss?.Reason));
        for (var index = 0; index < Count; index++)
        {
            var state = await _fixture.LookAsync($"lock {index}");
            Assert.True(state is null or { Holder: null, Waiters.Count: 0 }, $"lock {index} is not free");
        }

        await using var next = await _fixture.NewClient().TryAcquireAsync("lock 0", Renewed);
        Assert.NotNull(next);
    }

    private async Task<IHost> StartAsync(Action<IServiceCollection> addServices, bool isFirst)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        if (isFirst)
            addServices(builder.Services);
        builder.Services.AddLockClient(options => options.QueueName = _fixture.QueueName);
        builder.Services.AddMassTransit(bus => bus.UsingRabbitMq((_, rabbit) => rabbit.Host(TestServices.RabbitMq)));
        if (!isFirst)
            addServices(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private static async Task StopAsync(IHost host)
    {
        await host.StopAsync().WaitAsync(StopLimit, TimeProvider.System);
        host.Dispose();
    }

    /// <summary>Holds a lock until it is told to stop.</summary>
    private sealed class Holder(ILockClient client, TaskCompletionSource<ILockHandle> held) : BackgroundService
    {
        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            await Task.Yield();
            await using var handle = await client.TryAcquireAsync("nightly job", Renewed, stoppingToken);
            held.SetResult(handle!);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stoppingToken);
        }
    }
}
