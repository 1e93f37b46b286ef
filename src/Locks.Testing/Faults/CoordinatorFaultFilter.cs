using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Hosting;
using Locks.Testing.Running;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.Options;

namespace Locks.Testing.Faults;

/// <summary>
/// Puts a <see cref="FaultFilter{T}"/> for every command and every query of clients on the coordinator's endpoints, before all other
/// filters: on the way of lock clients, and on that of an application's own request clients.
/// </summary>
internal sealed class CoordinatorFaultFilter(
    FaultPlan faults, InFlightTracker inFlight, RegistrationCheck registration, IOptions<LockCoordinatorOptions> coordinator) :
    IConfigureReceiveEndpoint, IConfigureIsolatedPipe
{
    public void Configure(string name, IReceiveEndpointConfigurator configurator)
    {
        if (name == LockPartitions.QueriesNameOf(coordinator.Value.QueueName))
            Configure(name, (IConsumePipeConfigurator)configurator);
        if (name != coordinator.Value.QueueName)
            return;

        registration.Check();
        Configure(name, (IConsumePipeConfigurator)configurator);
        configurator.ConnectReceiveEndpointObserver(new LastsAsLongAsTheEndpoint(faults));
    }

    public void Configure(string queueName, IConsumePipeConfigurator pipe)
    {
        Add(pipe, new BatchFaultFilter(faults, inFlight));
        var singles = new SingleCommands(pipe, faults);
        foreach (var command in CommandCatalogue.FromClients.Concat(CommandCatalogue.Queries))
            command.Accept(singles);
    }

    private static void Add<T>(IConsumePipeConfigurator pipe, IFilter<ConsumeContext<T>> filter)
        where T : class =>
        pipe.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<T>>(filter));

    /// <summary>Adds the filter for commands that travel alone.</summary>
    private sealed class SingleCommands(IConsumePipeConfigurator pipe, FaultPlan faults) : ICommandVisitor
    {
        public void VisitLockCommand<T>(LockCommandType<T> type)
            where T : class =>
            Add(pipe, new FaultFilter<T>(faults));

        public void VisitLeaseCommand<T>(LeaseCommandType<T> type)
            where T : class =>
            Add(pipe, new FaultFilter<T>(faults));

        public void VisitSessionCommand<T>(SessionCommandType<T> type)
            where T : class =>
            Add(pipe, new FaultFilter<T>(faults));

        public void VisitQuery<T>(QueryType<T> type)
            where T : class =>
            Add(pipe, new FaultFilter<T>(faults));
    }

    /// <summary>A stopping endpoint waits for the messages that it has begun to consume, so none may be delayed any longer.</summary>
    private sealed class LastsAsLongAsTheEndpoint(FaultPlan faults) : IReceiveEndpointObserver
    {
        public Task Ready(ReceiveEndpointReady ready)
        {
            faults.Begin();
            return Task.CompletedTask;
        }

        public Task Stopping(ReceiveEndpointStopping stopping)
        {
            faults.End();
            return Task.CompletedTask;
        }

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
    }
}
