using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Machine;
using MassTransit;
using MassTransit.Saga;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>
/// A decision that leads along no edge of its machine takes no effect. The rules make none, so the sagas here are in a state that is not
/// that of their lock or lease.
/// </summary>
public sealed class EdgeTests
{
    [Fact]
    public async Task ALock_GoesAlongNoEdgeThatTheMachineDoesNotHave()
    {
        var saga = LockSaga.NeverTaken("orders/42");
        saga.CurrentState = nameof(LockStateMachine.Held);
        await using var provider = HostOf<LockStateMachine, LockSaga>(Machines.OfLocks(), saga);

        var problem = await ProblemAsync(provider, new AcquireLock("orders/42", Guid.CreateVersion7(), "owner", TimeSpan.FromSeconds(30)));

        Assert.Equal("A lock's invariant is broken: AcquireLock led from Free to Held, where the machine has no edge.", problem);
    }

    [Fact]
    public async Task ALease_GoesAlongNoEdgeThatTheMachineDoesNotHave()
    {
        var saga = LeaseSaga.NeverGranted(Guid.CreateVersion7());
        saga.CurrentState = nameof(LeaseStateMachine.Ended);
        await using var provider = HostOf<LeaseStateMachine, LeaseSaga>(Machines.OfLeases(), saga);

        var problem = await ProblemAsync(provider, new GrantLease(saga.Lease.Id, TimeSpan.FromSeconds(30), "owner"));

        Assert.Equal("A lock's invariant is broken: GrantLease led from Unknown to Active, where the machine has no edge.", problem);
    }

    private static async Task<string> ProblemAsync<T>(IServiceProvider provider, T command)
        where T : class
    {
        var harness = await provider.StartTestHarness();
        var fault = await Assert.ThrowsAsync<RequestFaultException>(() => harness.GetRequestClient<T>()
            .GetResponse<LockAcquired>(command, TestContext.Current.CancellationToken));
        var problem = Assert.Single(fault.Fault!.Exceptions);
        while (problem.InnerException is { } inner)
            problem = inner;
        Assert.Equal(typeof(LockInvariantException).FullName, problem.ExceptionType);
        return problem.Message;
    }

    private static ServiceProvider HostOf<TMachine, TSaga>(TMachine machine, TSaga saga)
        where TMachine : class, SagaStateMachine<TSaga>
        where TSaga : class, SagaStateMachineInstance
    {
        var stored = new IndexedSagaDictionary<TSaga>();
        stored.Add(new SagaInstance<TSaga>(saga));
        return new ServiceCollection()
            .AddSingleton(TimeProvider.System)
            .AddOptions<LockCoordinatorOptions>().Services
            .AddSingleton(stored)
            .AddMassTransitTestHarness(TextWriter.Null, bus =>
            {
                bus.AddSagaStateMachine<TMachine, TSaga>().InMemoryRepository();
                bus.AddDelayedMessageScheduler();
                bus.UsingInMemory((context, memory) =>
                {
                    memory.UseDelayedMessageScheduler();
                    memory.ConfigureEndpoints(context);
                });
            })
            .Replace(ServiceDescriptor.Singleton(machine))
            .BuildServiceProvider(validateScopes: true);
    }
}
