using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Inbound;
using Locks.BusStarting;
using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Hosting;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Partitioning;

/// <summary>
/// Connects the queues that keys are spread over, each an endpoint like the common one but with a single active consumer: of all
/// coordinators one reads it, and when that one is gone another takes over. Clients are told of them once all are read. Then it tells the other
/// coordinators, again and again, that it is there, so that they share the queues.
/// </summary>
internal sealed class PartitionQueues(
    IBus bus,
    BusReadiness start,
    IReceiveEndpointConnector connector,
    StoreReadiness gate,
    OpenPartitions open,
    TimeProvider time,
    IOptions<LockCoordinatorOptions> options,
    ILogger<PartitionQueues> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(5);

    private PartitionRebalancer? _sharing;
    private HostReceiveEndpointHandle? _news;

    private string Exchange => $"{options.Value.QueueName}-coordinators";

    /// <summary>Says goodbye while the bus still runs, so that nobody gives way to this coordinator any more.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken).ConfigureAwait(false);
        if (_sharing is null)
            return;

        using var limit = new CancellationTokenSource(LongestGoodbye, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);

        // MassTransit may not come to an end with an endpoint that is told to stop while it starts; but without a broker none ever has.
        await ComeToRestAsync(Task.WhenAll(_sharing.Queues.Select(queue => queue.Ready)), either.Token).ConfigureAwait(false);
        if (_news is null)
            return;

        await ComeToRestAsync(_news.Ready, either.Token).ConfigureAwait(false);
        await ComeToRestAsync(_news.StopAsync(either.Token), either.Token).ConfigureAwait(false);
        await TellAsync(leaves: true, either.Token).ConfigureAwait(false);
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        _sharing?.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var count = options.Value.Partitions;
        if (count == 0 || bus.Address.Scheme is not ("rabbitmq" or "rabbitmqs"))
        {
            open.Count = 0;
            return;
        }

        try
        {
            await gate.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            await start.WaitAsync(bus, stoppingToken).ConfigureAwait(false);
            await ConnectAsync(count, stoppingToken).ConfigureAwait(false);
            using var ticks = new PeriodicTimer(CoordinatorMembership.AnnouncementInterval, time);
            do
            {
                await TellAsync(leaves: false, stoppingToken).ConfigureAwait(false);
            }
            while (await ticks.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task ConnectAsync(int count, CancellationToken cancellationToken)
    {
        var names = Enumerable.Range(0, count).Select(index => LockPartitions.NameOf(options.Value.QueueName, index));
        var sharing = new PartitionRebalancer(names, time, logger);
        foreach (var queue in sharing.Queues)
            queue.Connect(connector, (context, endpoint) => ConfigureQueue(context, endpoint, queue));
        _sharing = sharing;
        await Task.WhenAll(sharing.Queues.Select(queue => queue.Ready)).WaitAsync(cancellationToken).ConfigureAwait(false);
        open.Count = count;

        _news = connector.ConnectReceiveEndpoint(
            new TemporaryEndpointDefinition("locks-coordinator", configureConsumeTopology: false),
            DefaultEndpointNameFormatter.Instance,
            (_, endpoint) => ConfigureNews(endpoint, sharing));
    }

    private static async Task ComeToRestAsync(Task change, CancellationToken cancellationToken) =>
        await change.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static void ConfigureQueue(IBusRegistrationContext context, IReceiveEndpointConfigurator endpoint, PartitionQueue queue)
    {
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            rabbit.SingleActiveConsumer = true;
        endpoint.ConfigureConsumeTopology = false;
        endpoint.UseExecute(_ => CoordinatorMeter.CountMessage(queue.Name));
        endpoint.ConfigureConsumer<LockCommandsConsumer>(context);
        endpoint.ConfigureSaga<LockSaga>(context);
        endpoint.ConfigureSaga<LeaseSaga>(context);
    }

    private void ConfigureNews(IReceiveEndpointConfigurator endpoint, PartitionRebalancer sharing)
    {
        if (endpoint is IRabbitMqReceiveEndpointConfigurator rabbit)
            rabbit.Bind(Exchange);
        endpoint.ConfigureConsumeTopology = false;
        endpoint.ConcurrentMessageLimit = 1;
        endpoint.Handler<MembershipAnnouncement>(context => sharing.HearAsync(context.Message));
    }

    private async Task TellAsync(bool leaves, CancellationToken cancellationToken)
    {
        try
        {
            var endpoint = await bus.GetSendEndpoint(new Uri($"exchange:{Exchange}")).WaitAsync(cancellationToken).ConfigureAwait(false);
            await endpoint.Send(
                _sharing!.News(leaves),
                send =>
                {
                    send.Durable = false;
                    send.TimeToLive = CoordinatorMembership.Silence;
                },
                cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the coordinator serves all the same; only how the queues are shared hangs on this.
        catch (Exception exception) when (leaves || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            logger.NewsNotTold(CoordinatorMembership.AnnouncementInterval, exception);
        }
    }
}
