using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Hosting;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Liveness;

/// <summary>
/// Each coordinator receives liveness messages on a temporary queue of its own. Without fan-out none arrive, and no session ever counts as
/// silent.
/// </summary>
internal sealed class LivenessConsumerDefinition : ConsumerDefinition<LivenessConsumer>
{
    private readonly string _topic;

    public LivenessConsumerDefinition(IOptions<LockCoordinatorOptions> options)
    {
        _topic = LockPartitions.LivenessNameOf(options.Value.QueueName);
        Endpoint(endpoint =>
        {
            endpoint.Name = DefaultEndpointNameFormatter.Instance.TemporaryEndpoint("locks-sessions");
            endpoint.Temporary = true;
            endpoint.ConfigureConsumeTopology = false;
            // One after another: when a watermark is read, everything before it has been.
            endpoint.ConcurrentMessageLimit = 1;
        });
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<LivenessConsumer> consumerConfigurator,
        IRegistrationContext context)
    {
        LockTransport.KeepTemporary(endpointConfigurator);
        var transport = context.GetRequiredService<TransportSelector>().For(endpointConfigurator.InputAddress);
        transport.Subscribe(endpointConfigurator, _topic);
        if (!transport.HasFanOut)
            context.GetRequiredService<ILogger<LivenessConsumer>>().NoFanOut();

        context.GetRequiredService<BusLifecycle>().KeepOpen(endpointConfigurator, transport, context.GetRequiredService<IBus>);
        endpointConfigurator.AddDependency(context.GetRequiredService<StoreReadiness>());
        endpointConfigurator.ConnectReceiveEndpointObserver(context.GetRequiredService<WatermarkSender>());
        endpointConfigurator.ConnectReceiveEndpointObserver(context.GetRequiredService<AccessRefusalReporter>());
        var pipe = IsolatedPipe.OnTemporary(endpointConfigurator, context.GetRequiredService<IsolatedSender>());
        foreach (var filters in new[] { pipe.Filters, endpointConfigurator })
        {
            filters.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<ClientAlive>>(
                new ValidationFilter<ClientAlive>(CommandCatalogue.TypeOf<ClientAlive>())));
        }

        pipe.Consumers.ConnectInstance(new LivenessConsumer(context.GetRequiredService<SessionLiveness>()));
    }
}
