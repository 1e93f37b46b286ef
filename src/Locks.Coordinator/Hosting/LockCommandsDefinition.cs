using Locks.Coordinator.Inbound;
using MassTransit;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// Batches come to the coordinator's endpoint like single messages. MassTransit configures consumers ahead of sagas, so this is where the
/// endpoint is set up for all of them.
/// </summary>
internal sealed class LockCommandsDefinition : ConsumerDefinition<LockCommandsConsumer>
{
    private readonly LockCoordinatorOptions _options;

    public LockCommandsDefinition(IOptions<LockCoordinatorOptions> options)
    {
        _options = options.Value;
        EndpointName = _options.QueueName;
        ConcurrentMessageLimit = _options.ConcurrentRequests;
    }

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator, IConsumerConfigurator<LockCommandsConsumer> consumerConfigurator, IRegistrationContext context) =>
        CoordinatorEndpoint.Configure(endpointConfigurator, context, _options);
}
