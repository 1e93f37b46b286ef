using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Inbound;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// The coordinator's endpoint: what every message passes on its way to the state machines. From the outside in: bad input is refused; a store
/// that is away is tried again, patiently; a conflict is decided again, at once; replies are held back until the commit. The order of requests
/// for one lock is its worker's; those for one lease go one after another here.
/// </summary>
internal static class CoordinatorEndpoint
{
    public static void Configure(IReceiveEndpointConfigurator endpoint, IRegistrationContext context, LockCoordinatorOptions options)
    {
        endpoint.ConcurrentMessageLimit = options.ConcurrentRequests;
        endpoint.PrefetchCount = options.ConcurrentRequests * 2;
        endpoint.AddDependency(context.GetRequiredService<StoreReadiness>());
        endpoint.ConnectReceiveEndpointObserver(context.GetRequiredService<AccessRefusalReporter>());
        var transport = context.GetRequiredService<TransportSelector>().For(endpoint.InputAddress);
        // The queues of partitions are stopped by themselves, before the bus, and are kept open by what else starts and stops them.
        if (EndpointAddress.IsOf(endpoint.InputAddress, options.QueueName))
        {
            var lifecycle = context.GetRequiredService<BusLifecycle>();
            lifecycle.StopAfterClients(endpoint, lifecycle.KeepOpen(endpoint, transport, context.GetRequiredService<IBus>));
        }

        options.Durability.Apply(transport, endpoint);
        transport.GuardReplyAddresses(endpoint);
        var isolated = transport.ReceiveCommands(endpoint, context.GetRequiredService<IsolatedSender>());
        foreach (var configuration in context.GetServices<IConfigureIsolatedPipe>())
            configuration.Configure(options.QueueName, isolated.Filters);
        var leases = new Partitioner(options.ConcurrentRequests, new Murmur3UnsafeHashGenerator());
        AddFilters(isolated.Filters, context, options, leases);
        AddFilters(endpoint, context, options, leases);
        Serve(isolated.Consumers, context);

        // A fault repeats the message, token and all: it goes to the sender alone, if that is known, and is never published.
        endpoint.PublishFaults = false;
    }

    /// <summary>What the messages of clients and coordinators pass, and those of an application's own request clients.</summary>
    private static void AddFilters(
        IConsumePipeConfigurator pipe, IRegistrationContext context, LockCoordinatorOptions options, IPartitioner leases)
    {
        pipe.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<LockCommands>>(
            new ValidationFilter<LockCommands>(CommandCatalogue.Validate)));
        var sender = context.GetRequiredService<ReplySender>();
        var failures = context.GetRequiredService<StoreFailures>();
        var delays = new DelayReports(sender, failures, context.GetRequiredService<TimeProvider>());
        delays.AddTo<LockCommands>(pipe);
        pipe.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<LockCommands>>(new ReplyOnFailureFilter(sender)));
        var retries = new Retries(options.StoreRetryTimeout, failures);
        retries.AddTo<LockCommands>(pipe);
        var admission = new CommandAdmission(pipe, delays, leases, retries);
        foreach (var command in CommandCatalogue.All)
            command.Accept(admission);
    }

    /// <summary>
    /// Connects what MassTransit connects to the endpoint itself: the batches, and the sagas. Of the commands about locks, only those of a
    /// coordinator travel alone here: it ends deadlocks with them.
    /// </summary>
    private static void Serve(IConsumePipeConnector pipe, IRegistrationContext context)
    {
        pipe.ConnectInstance(ActivatorUtilities.CreateInstance<LockCommandsConsumer>(context));
        pipe.ConnectStateMachineSaga(
            context.GetRequiredService<LockStateMachine>(),
            new MassTransit.Saga.SagaRepository<LockSaga>(ActivatorUtilities.CreateInstance<LockSagaRepository>(context)));
        pipe.ConnectStateMachineSaga(
            context.GetRequiredService<LeaseStateMachine>(),
            new MassTransit.Saga.SagaRepository<LeaseSaga>(ActivatorUtilities.CreateInstance<LeaseSagaRepository>(context)));
    }
}
