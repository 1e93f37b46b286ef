using System.Collections.Concurrent;
using Locks.TestKit;
using Locks.Transport;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>
/// A client that is used while its bus still starts, as by a consumer whose first message arrives before all endpoints are ready.
/// </summary>
public sealed class BusLifecycleTests : IAsyncLifetime
{
    private readonly Obstacle _obstacle = new();
    private readonly Endpoints _endpoints = new();
    private LockFixture? _fixture;

    private LockFixture Fixture => _fixture!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await LockFixture.StartWithAsync(bus => bus.AddSingleton<IBusObserver>(_obstacle));
        Fixture.Bus.ConnectEndpointConfigurationObserver(_endpoints);
    }

    public ValueTask DisposeAsync()
    {
        _obstacle.Gone.TrySetResult();
        return Fixture.DisposeAsync();
    }

    [Fact]
    public async Task ItsReplyQueue_IsConnectedWhenTheBusHasStarted()
    {
        var asking = Fixture.Client.TryAcquireAsync(LockFixture.Key, cancellationToken: CancellationToken.None);
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Contains(BusLifecycle.StartTimeout));
        Assert.Empty(_endpoints.Connected);

        _obstacle.Gone.SetResult();

        Assert.NotNull(await asking.Within());
        Assert.Single(_endpoints.Connected);
    }

    [Fact]
    public async Task ABusThatDoesNotGetThere_IsWaitedForOnlyAWhile()
    {
        _ = Fixture.Client.TryAcquireAsync(LockFixture.Key, cancellationToken: CancellationToken.None);
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Contains(BusLifecycle.StartTimeout));

        Fixture.Time.Advance(BusLifecycle.StartTimeout);

        await Eventually.HoldsAsync(() => _endpoints.Connected.Count == 1);
    }

    [Fact]
    public async Task ABusThatIsStartedAgain_IsWaitedForAgain()
    {
        var start = new BusLifecycle(Fixture.Sender.Connection, Fixture.Time);
        start.PostCreate(Fixture.Bus);
        await start.PreStart(Fixture.Bus);
        await start.PostStart(Fixture.Bus, Task.FromResult<BusReady>(null!));
        Assert.True(start.WaitAsync(Fixture.Bus, CancellationToken.None).IsCompletedSuccessfully);

        await start.PreStart(Fixture.Bus);

        Assert.False(start.WaitAsync(Fixture.Bus, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public void ABusWithoutAnObserver_IsNotWaitedFor() =>
        Assert.True(new BusLifecycle(Fixture.Sender.Connection, Fixture.Time).WaitAsync(Fixture.Bus, CancellationToken.None).IsCompletedSuccessfully);

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
