using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Machine;
using Locks.TestKit;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>The state machine is an ordinary MassTransit saga: it runs without the coordinator, with any repository and scheduler.</summary>
public sealed class PlainSagaTests
{
    [Fact]
    public async Task TheMachine_IsHostedByAddSagaStateMachine_AndAskedByARequestClient()
    {
        await using var provider = PlainHost();
        var harness = await provider.StartTestHarness();
        var sagas = harness.GetSagaStateMachineHarness<LockStateMachine, LockSaga>();
        var id = LockKey.ToId("orders/42");

        var granted = await harness.GetRequestClient<AcquireLock>().GetResponse<LockAcquired, LockDenied>(
            new AcquireLock("orders/42", Guid.CreateVersion7(), "owner", TimeSpan.FromSeconds(30)), TestContext.Current.CancellationToken);
        var grant = Assert.IsType<LockAcquired>(granted.Message);
        Assert.NotNull(await sagas.Exists(id, machine => machine.Held));

        var released = await harness.GetRequestClient<ReleaseLock>().GetResponse<LockReleased, LockNotHeld>(
            new ReleaseLock("orders/42", grant.OwnerToken), TestContext.Current.CancellationToken);
        Assert.Equal(grant.FencingToken, Assert.IsType<LockReleased>(released.Message).FencingToken);
        Assert.NotNull(await sagas.Exists(id, machine => machine.Free));
    }

    [Fact]
    public async Task TheMachinesTimer_IsMassTransitsScheduler()
    {
        await using var provider = PlainHost();
        var harness = await provider.StartTestHarness();
        var sagas = harness.GetSagaStateMachineHarness<LockStateMachine, LockSaga>();

        await harness.GetRequestClient<AcquireLock>().GetResponse<LockAcquired>(
            new AcquireLock("orders/42", Guid.CreateVersion7(), "owner", TimeSpan.FromMilliseconds(100)), TestContext.Current.CancellationToken);

        await Eventually.HoldsAsync(async () => await sagas.Exists(LockKey.ToId("orders/42"), machine => machine.Free) is not null);
    }

    private static ServiceProvider PlainHost() => new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddOptions<LockCoordinatorOptions>().Services
        .AddMassTransitTestHarness(TextWriter.Null, bus =>
        {
            bus.AddSagaStateMachine<LockStateMachine, LockSaga>().InMemoryRepository();
            bus.AddDelayedMessageScheduler();
            bus.UsingInMemory((context, memory) =>
            {
                memory.UseDelayedMessageScheduler();
                memory.ConfigureEndpoints(context);
            });
        })
        .BuildServiceProvider(validateScopes: true);
}
