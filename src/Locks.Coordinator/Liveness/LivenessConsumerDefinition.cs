using Locks.Contracts;
using Locks.Coordinator.Hosting;
using MassTransit;
using MassTransit.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Liveness;

/// <summary>
/// Each coordinator listens on a temporary queue of its own. Without it, as on a transport that can't bind the queue, no session ever counts as
/// silent.
/// </summary>
internal sealed class LivenessConsumerDefinition : ConsumerDefinition<LivenessConsumer>
{
    private readonly string _exchange;

    public LivenessConsumerDefinition(IOptions<LockCoordinatorOptions> options)
    {
        _exchange = LockPartitions.LivenessNameOf(options.Value.QueueName);
        Endpoint(endpoint =>
        {
            endpoint.Name = DefaultEndpointNameFormatter.Instance.TemporaryEndpoint("locks-sessions");
            endpoint.Temporary = true;
            endpoint.ConfigureConsumeTopology = false;
            // One after another: whoever finds a note has read what came before it.
            endpoint.ConcurrentMessageLimit = 1;
        });
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<LivenessConsumer> consumerConfigurator, IRegistrationContext context)
    {
        if (endpointConfigurator is IRabbitMqReceiveEndpointConfigurator rabbit)
            rabbit.Bind(_exchange);
        else if (endpointConfigurator is IInMemoryReceiveEndpointConfigurator memory)
            memory.Bind(_exchange);

        endpointConfigurator.AddDependency(context.GetRequiredService<StoreReadiness>());
        endpointConfigurator.ConnectReceiveEndpointObserver(context.GetRequiredService<WatermarkSender>());
        endpointConfigurator.PublishFaults = false;
        // The queue goes with its coordinator; what could not be read has no other use.
        endpointConfigurator.DiscardFaultedMessages();
        endpointConfigurator.DiscardSkippedMessages();
        endpointConfigurator.AddPipeSpecification(
            new FilterPipeSpecification<ConsumeContext<ClientAlive>>(new ValidationFilter<ClientAlive>(CommandValidation.Check)));
    }
}
