using Locks.Contracts;
using Locks.Coordinator.Saga;
using Locks.Coordinator.Saga.Batches;
using Locks.Coordinator.Saga.Leases;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// Connects the queues that keys are spread over, each an endpoint like the common one but with a single active consumer: of all
/// coordinators one reads it, and when that one is gone another takes over. Clients are told of them once all are read.
/// </summary>
internal sealed class SpreadQueues(
    IBus bus, IReceiveEndpointConnector connector, StoreGate gate, OpenQueues open, IOptions<LockCoordinatorOptions> options) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var count = options.Value.Queues;
        if (count == 0 || bus.Address.Scheme is not ("rabbitmq" or "rabbitmqs"))
            return;

        await gate.Ready.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stoppingToken.IsCancellationRequested)
            return;

        var handles = Enumerable.Range(0, count)
            .Select(index => connector.ConnectReceiveEndpoint(LockQueues.NameOf(options.Value.QueueName, index), Configure))
            .ToList();
        foreach (var handle in handles)
            await handle.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
        open.Count = count;
    }

    private static void Configure(IBusRegistrationContext context, IReceiveEndpointConfigurator endpoint)
    {
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            rabbit.SingleActiveConsumer = true;
        endpoint.ConfigureConsumeTopology = false;
        endpoint.ConfigureConsumer<LockCommandsConsumer>(context);
        endpoint.ConfigureSaga<LockSaga>(context);
        endpoint.ConfigureSaga<LeaseSaga>(context);
    }
}
