using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Inbound;
using Locks.Coordinator.Pipeline;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Inspect;

/// <summary>
/// Queries come to a queue of their own, which all coordinators read. So they are answered while commands wait in the other queues, and
/// the few that are served at a time leave the store's connections to decisions.
/// </summary>
internal sealed class QueryConsumerDefinition : ConsumerDefinition<QueryConsumer>
{
    // As many as keep a connection or two of the store busy.
    private const int AtATime = 4;

    private readonly LockCoordinatorOptions _options;
    private readonly string _queue;

    public QueryConsumerDefinition(IOptions<LockCoordinatorOptions> options)
    {
        _options = options.Value;
        EndpointName = _queue = LockPartitions.QueriesNameOf(_options.QueueName);
        ConcurrentMessageLimit = AtATime;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<QueryConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        endpointConfigurator.ConcurrentMessageLimit = AtATime;
        endpointConfigurator.PrefetchCount = AtATime * 2;
        endpointConfigurator.AddDependency(context.GetRequiredService<StoreReadiness>());
        endpointConfigurator.ConnectReceiveEndpointObserver(context.GetRequiredService<AccessRefusalReporter>());
        var transport = context.GetRequiredService<TransportSelector>().For(endpointConfigurator.InputAddress);
        context.GetRequiredService<BusLifecycle>().KeepOpen(endpointConfigurator, transport, context.GetRequiredService<IBus>);
        _options.Durability.Apply(transport, endpointConfigurator);
        transport.GuardReplyAddresses(endpointConfigurator);

        // A query that failed is of no use to anyone later, so none is kept.
        var pipe = IsolatedPipe.OnTemporary(endpointConfigurator, context.GetRequiredService<IsolatedSender>());
        foreach (var configuration in context.GetServices<IConfigureIsolatedPipe>())
            configuration.Configure(_queue, pipe.Filters);
        AddFilters(pipe.Filters, context);
        AddFilters(endpointConfigurator, context);
        pipe.Consumers.ConnectInstance(ActivatorUtilities.CreateInstance<QueryConsumer>(context));
    }

    private void AddFilters(IConsumePipeConfigurator pipe, IRegistrationContext context)
    {
        var failures = context.GetRequiredService<StoreFailures>();
        var delays = new DelayReports(context.GetRequiredService<ReplySender>(), failures, context.GetRequiredService<TimeProvider>());
        var admission = new QueryAdmission(pipe, delays, new Retries(_options.StoreRetryTimeout, failures));
        foreach (var query in CommandCatalogue.Queries)
            query.Accept(admission);
    }
}
