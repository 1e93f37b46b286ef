using System.Collections.Concurrent;
using Locks.TestKit;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>A client that is used while its bus still starts, as by a consumer that has its first message before all endpoints are ready.</summary>
public sealed class BusReadinessTests : IAsyncLifetime
{
    private readonly Obstacle _obstacle = new();
    private readonly Endpoints _endpoints = new();
    private LockFixture? _world;

    private LockFixture World => _world!;

    public async ValueTask InitializeAsync()
    {
        _world = await LockFixture.StartWithAsync(bus => bus.AddSingleton<IBusObserver>(_obstacle));
        World.Bus.ConnectEndpointConfigurationObserver(_endpoints);
    }

    public ValueTask DisposeAsync()
    {
        _obstacle.Gone.TrySetResult();
        return World.DisposeAsync();
    }

    [Fact]
    public async Task ItsReplyQueue_IsConnectedWhenTheBusHasStarted()
    {
        var asking = World.Client.TryAcquireAsync(LockFixture.Key, cancellationToken: CancellationToken.None);
        await Eventually.HoldsAsync(() => World.Time.Timers.Contains(BusReadiness.Patience));
        Assert.Empty(_endpoints.Connected);

        _obstacle.Gone.SetResult();

        Assert.NotNull(await asking.Within());
        Assert.Single(_endpoints.Connected);
    }

    [Fact]
    public async Task ABusThatDoesNotGetThere_IsWaitedForOnlyAWhile()
    {
        _ = World.Client.TryAcquireAsync(LockFixture.Key, cancellationToken: CancellationToken.None);
        await Eventually.HoldsAsync(() => World.Time.Timers.Contains(BusReadiness.Patience));

        World.Time.Advance(BusReadiness.Patience);

        await Eventually.HoldsAsync(() => _endpoints.Connected.Count == 1);
    }

    [Fact]
    public async Task ABusThatIsStartedAgain_IsWaitedForAgain()
    {
        var start = new BusReadiness(World.Time);
        start.PostCreate(World.Bus);
        await start.PreStart(World.Bus);
        await start.PostStart(World.Bus, Task.FromResult<BusReady>(null!));
        Assert.True(start.WaitAsync(World.Bus, CancellationToken.None).IsCompletedSuccessfully);

        await start.PreStart(World.Bus);

        Assert.False(start.WaitAsync(World.Bus, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public void ABusThatNobodyObserves_IsNotWaitedFor() =>
        Assert.True(new BusReadiness(World.Time).WaitAsync(World.Bus, CancellationToken.None).IsCompletedSuccessfully);

    /// <summary>Keeps the bus from starting.</summary>
    private sealed class Obstacle : IBusObserver
    {
        public TaskCompletionSource Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task PreStart(IBus bus) => Gone.Task;

        public void PostCreate(IBus bus)
        {
        }

        public void CreateFaulted(Exception exception)
        {
        }

        public Task PostStart(IBus bus, Task<BusReady> busReady) => Task.CompletedTask;

        public Task StartFaulted(IBus bus, Exception exception) => Task.CompletedTask;

        public Task PreStop(IBus bus) => Task.CompletedTask;

        public Task PostStop(IBus bus) => Task.CompletedTask;

        public Task StopFaulted(IBus bus, Exception exception) => Task.CompletedTask;
    }

    private sealed class Endpoints : IEndpointConfigurationObserver
    {
        public ConcurrentQueue<Uri> Connected { get; } = new();

        public void EndpointConfigured<T>(T configurator)
            where T : IReceiveEndpointConfigurator => Connected.Enqueue(configurator.InputAddress);
    }
}
