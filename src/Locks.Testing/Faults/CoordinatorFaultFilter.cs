using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.Testing.Running;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.Options;

namespace Locks.Testing.Faults;

/// <summary>Puts a <see cref="FaultFilter{T}"/> for every message on the coordinator's endpoint, in front of everything else there.</summary>
internal sealed class CoordinatorFaultFilter(FaultPlan script, InFlightTracker traffic, RegistrationCheck wiring, IOptions<LockCoordinatorOptions> coordinator) : IConfigureReceiveEndpoint
{
    public void Configure(string name, IReceiveEndpointConfigurator configurator)
    {
        if (name != coordinator.Value.QueueName)
            return;

        wiring.Check();
        Guard(configurator, new BatchFaultFilter(script, traffic));
        Guard<AcquireLock>(configurator);
        Guard<CancelAcquire>(configurator);
        Guard<ConfirmGrant>(configurator);
        Guard<RenewLock>(configurator);
        Guard<ReleaseLock>(configurator);
        Guard<RevokeLock>(configurator);
        Guard<GrantLease>(configurator);
        Guard<RenewLease>(configurator);
        Guard<RevokeLease>(configurator);
        Guard<DescribeLease>(configurator);
        configurator.ConnectReceiveEndpointObserver(new LastsAsLongAsTheEndpoint(script));
    }

    private void Guard<T>(IReceiveEndpointConfigurator endpoint)
        where T : class =>
        Guard(endpoint, new FaultFilter<T>(script));

    private static void Guard<T>(IReceiveEndpointConfigurator endpoint, IFilter<ConsumeContext<T>> door)
        where T : class =>
        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<T>>(door));

    /// <summary>A stopping endpoint waits for what it has begun: nothing may be held up any longer.</summary>
    private sealed class LastsAsLongAsTheEndpoint(FaultPlan script) : IReceiveEndpointObserver
    {
        public Task Ready(ReceiveEndpointReady ready)
        {
            script.Begin();
            return Task.CompletedTask;
        }

        public Task Stopping(ReceiveEndpointStopping stopping)
        {
            script.End();
            return Task.CompletedTask;
        }

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
    }
}
