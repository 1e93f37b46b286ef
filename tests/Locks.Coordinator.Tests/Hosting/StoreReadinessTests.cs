using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Saga;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Locks.Coordinator.Tests.Hosting;

/// <summary>A coordinator inside of an application whose database is late.</summary>
public sealed class StoreReadinessTests
{
    private const int Limit = 60_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task UntilTheStoreIsReady_TheCoordinatorTakesNothing_AndTheApplicationGoesOn()
    {
        using var schema = new LateSchema();
        using var host = Build(schema);
        await host.StartAsync(Cancel);

        var early = AcquireAsync(host);
        await schema.AskedAsync(2);
        Assert.Equal("pong", (await host.Services.GetRequiredService<IBus>().Request<Ping, Pong>(new Ping("pong"), Cancel)).Message.Text);
        Assert.False(early.IsCompleted);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));

        schema.Answer = () => false;
        await schema.AskedAsync(2);
        Assert.False(early.IsCompleted);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));

        schema.Answer = () => throw new InvalidOperationException("something unexpected");
        await schema.AskedAsync(2);
        Assert.False(early.IsCompleted);

        schema.Answer = () => true;
        Assert.Equal("early", (await early).Message.Key);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        await host.StopAsync(Cancel);
    }

    /// <summary>The tables were there, and so requests were taken and failed one by one.</summary>
    [Fact(Timeout = Limit)]
    public async Task UntilTheStoreCanGrant_TheCoordinatorTakesNothing()
    {
        var asked = new SemaphoreSlim(0);
        var isReadOnly = true;
        var store = new ScriptedStore
        {
            OnCommit = (_, _) =>
            {
                asked.Release();
                return Volatile.Read(ref isReadOnly)
                    ? throw new LockStoreUnavailableException("The store takes no writes.", new TimeoutException())
                    : Task.FromResult<IReadOnlySet<Guid>?>(null);
            },
        };
        using var schema = new LateSchema { Answer = () => true };
        using var host = Build(schema, store);
        await host.StartAsync(Cancel);

        var early = AcquireAsync(host);
        await asked.WaitAsync(Cancel);
        await asked.WaitAsync(Cancel);
        Assert.False(early.IsCompleted);
        Assert.All(store.Commits, writes => Assert.DoesNotContain(writes, write => write.State.Key == "early"));
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(host));

        Volatile.Write(ref isReadOnly, false);
        Assert.Equal("early", (await early).Message.Key);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        await host.StopAsync(Cancel);
    }

    [Fact(Timeout = Limit)]
    public async Task AnApplicationWhoseStoreNeverComes_Stops()
    {
        using var schema = new LateSchema();
        using var host = Build(schema);
        await host.StartAsync(Cancel);

        await host.StopAsync(Cancel);
    }

    [Fact(Timeout = Limit)]
    public async Task AStoreThatDoesNotHearThatItIsOver_HoldsTheEndUpOnlyForAWhile()
    {
        var time = new ManualTimeProvider();
        var schema = new DeafSchema();
        var gate = new StoreReadiness(time, new CoordinatorClock(time), NullLogger<StoreReadiness>.Instance, new InMemoryLockStore(), schema);
        var ready = gate.Ready;
        await schema.Asked.Within();

        var ending = gate.DisposeAsync().AsTask();

        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return ending.IsCompleted;
        });
        await ending;
        Assert.False(ready.IsCompleted);
    }

    [Fact(Timeout = Limit)]
    public async Task AStoreWithoutTables_NeedsNoGate()
    {
        using var host = Build(schema: null);
        await host.StartAsync(Cancel);

        Assert.Equal("early", (await AcquireAsync(host)).Message.Key);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(host));
        await host.StopAsync(Cancel);
    }

    private static IHost Build(LateSchema? schema, ScriptedStore? store = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        if (store is not null)
            builder.Services.AddSingleton<ILockStore>(store);
        if (schema is not null)
            builder.Services.AddSingleton<ILockSchema>(schema);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddLockCoordinator();
            bus.AddConsumer<Ponger>();
            bus.UsingInMemory((context, memory) => memory.ConfigureEndpoints(context));
        });
        return builder.Build();
    }

    private static Task<Response<LockAcquired>> AcquireAsync(IHost host)
    {
        var bus = host.Services.GetRequiredService<IBus>();
        var client = bus.CreateRequestClient<AcquireLock>(new Uri("exchange:locks"), RequestTimeout.After(m: 1));
        return client.GetResponse<LockAcquired>(
            new AcquireLock("early", Guid.CreateVersion7(TimeProvider.System.GetUtcNow()), "a test", TimeSpan.FromSeconds(30)), Cancel);
    }

    private static async Task<HealthStatus> HealthAsync(IHost host)
    {
        var report = await host.Services.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(check => check.Name == "locks-schema" && check.Tags.Contains("ready"), Cancel);
        return report.Entries["locks-schema"].Status;
    }

    public sealed record Ping(string Text);

    public sealed record Pong(string Text);

    private sealed class Ponger : IConsumer<Ping>
    {
        public Task Consume(ConsumeContext<Ping> context) => context.RespondAsync(new Pong(context.Message.Text));
    }

    private sealed class LateSchema : ILockSchema, IDisposable
    {
        private readonly SemaphoreSlim _asked = new(0);

        public Func<bool> Answer { get; set; } = () => throw new LockStoreUnavailableException("The store is late.", new TimeoutException());

        /// <summary>Waits until this was asked so many times more.</summary>
        public async Task AskedAsync(int times)
        {
            while (_asked.Wait(0))
            {
            }

            for (var i = 0; i < times; i++)
                await _asked.WaitAsync(Cancel);
        }

        public void Dispose() => _asked.Dispose();

        public Task MigrateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
        {
            _asked.Release();
            return Task.FromResult(Answer());
        }
    }

    private sealed class DeafSchema : ILockSchema
    {
        private readonly TaskCompletionSource _asked = new();

        public Task Asked => _asked.Task;

        public Task MigrateAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<bool> IsCurrentAsync(CancellationToken cancellationToken)
        {
            _asked.TrySetResult();
            return new TaskCompletionSource<bool>().Task;
        }
    }
}
