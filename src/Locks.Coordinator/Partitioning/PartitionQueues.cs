using Locks.Contracts;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Inbound;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Partitioning;

/// <summary>
/// Connects the partitions' queues, each an endpoint like the common one but with a single active consumer: of all coordinators one reads
/// it, and when that one is gone another takes over. Replies name the number of partitions once all are read. Then this coordinator
/// announces itself to the others, again and again, so that they share the queues.
/// </summary>
internal sealed class PartitionQueues(
    IBus bus,
    BusLifecycle busLifecycle,
    IsolatedSender sender,
    IReceiveEndpointConnector connector,
    StoreReadiness storeReadiness,
    TransportSelector transports,
    OpenPartitions open,
    TimeProvider time,
    CoordinatorDirectory directory,
    CoordinatorMeter meter,
    IOptions<LockCoordinatorOptions> options,
    ILogger<PartitionQueues> logger) : BackgroundService, IHostedLifecycleService
{
    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(5);

    private PartitionRebalancer? _rebalancer;
    private HostReceiveEndpointHandle? _membership;

    private ConnectionCheck? _connection;

    private LockTransport Transport => transports.For(bus.Address);

    private string Topic => $"{options.Value.QueueName}-coordinators";

    /// <summary>Announces the end while the bus still runs, so that no coordinator yields a queue to this one any more.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await StopAsync(cancellationToken).ConfigureAwait(false);
        if (_rebalancer is null)
            return;

        using var limit = new CancellationTokenSource(LongestStop, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);

        // MassTransit may not come to an end with an endpoint that is stopped while it starts; but without a broker none ever starts.
        await CompleteAsync(Task.WhenAll(_rebalancer.Queues.Select(queue => queue.Ready)), either.Token).ConfigureAwait(false);
        if (_membership is null)
            return;

        await CompleteAsync(_membership.Ready, either.Token).ConfigureAwait(false);
        await CompleteAsync(_membership.StopAsync(either.Token), either.Token).ConfigureAwait(false);
        await AnnounceAsync(leaves: true, either.Token).ConfigureAwait(false);
    }

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        _rebalancer?.Dispose();
        base.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => DetachedContext.Run(() => ShareAsync(stoppingToken));

    private async Task ShareAsync(CancellationToken stoppingToken)
    {
        var count = options.Value.Partitions;
        if (count > 0 && !Transport.HasPartitions)
        {
            logger.NoPartitions(options.Value.QueueName);
            count = 0;
        }

        if (count == 0)
        {
            open.Count = 0;
            return;
        }

        try
        {
            await storeReadiness.Ready.WaitAsync(stoppingToken).ConfigureAwait(false);
            await busLifecycle.WaitAsync(bus, stoppingToken).ConfigureAwait(false);
            await ConnectAsync(count, stoppingToken).ConfigureAwait(false);
            using var ticks = new PeriodicTimer(CoordinatorMembership.AnnouncementInterval, time);
            do
            {
                await AnnounceItselfAsync(stoppingToken).ConfigureAwait(false);
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
        var rebalancer = new PartitionRebalancer(names, time, directory, meter, logger);
        directory.Follow(rebalancer);
        foreach (var queue in rebalancer.Queues)
            queue.Connect(connector, (context, endpoint) => ConfigureQueue(context, endpoint, queue));
        _rebalancer = rebalancer;
        await Task.WhenAll(rebalancer.Queues.Select(queue => queue.Ready)).WaitAsync(cancellationToken).ConfigureAwait(false);
        open.Count = count;

        _membership = connector.ConnectReceiveEndpoint(
            new TemporaryEndpointDefinition("locks-coordinator", configureConsumeTopology: false),
            DefaultEndpointNameFormatter.Instance,
            (_, endpoint) => ConfigureMembership(endpoint, rebalancer));
    }

    private static async Task CompleteAsync(Task change, CancellationToken cancellationToken) =>
        await change.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private EndpointRecovery ConfigureQueue(IBusRegistrationContext context, IReceiveEndpointConfigurator endpoint, PartitionQueue queue)
    {
        // What the application sets on its endpoints, such as the type of their queues, holds for all of the coordinator's alike.
        context.GetConfigureReceiveEndpoints().Configure(queue.Name, endpoint);
        Transport.ReadAlone(endpoint);
        endpoint.ConfigureConsumeTopology = false;
        endpoint.ConfigureReceive(receive => receive.UseExecute(_ => meter.CountMessage(queue.Name)));
        endpoint.ConfigureConsumer<LockCommandsConsumer>(context);
        endpoint.ConfigureSaga<LockSaga>(context);
        endpoint.ConfigureSaga<LeaseSaga>(context);
        return busLifecycle.KeepOpen(endpoint, Transport, () => bus);
    }

    private void ConfigureMembership(IReceiveEndpointConfigurator endpoint, PartitionRebalancer rebalancer)
    {
        Transport.Subscribe(endpoint, Topic);
        endpoint.ConfigureConsumeTopology = false;
        endpoint.ConcurrentMessageLimit = 1;
        busLifecycle.KeepOpen(endpoint, Transport, () => bus);
        IsolatedPipe.OnTemporary(endpoint, sender).Consumers.ConnectHandler<MembershipAnnouncement>(context => rebalancer.ObserveAsync(context.Message));
    }

    /// <summary>
    /// Announces this coordinator. A stop lets an announcement on its way arrive: MassTransit would report one that is cancelled as an error.
    /// Without a broker none arrives, so both have a limit.
    /// </summary>
    private async Task AnnounceItselfAsync(CancellationToken stoppingToken)
    {
        using var limit = new CancellationTokenSource(CoordinatorMembership.Expiry, time);
        using var stop = stoppingToken.UnsafeRegister(
            static limit => ((CancellationTokenSource)limit!).CancelAfter(CoordinatorMembership.StableTime), limit);
        await AnnounceAsync(leaves: false, limit.Token).ConfigureAwait(false);
    }

    private async Task AnnounceAsync(bool leaves, CancellationToken cancellationToken)
    {
        try
        {
            await LockTransport.BroadcastAsync(
                sender,
                Topic,
                _rebalancer!.Announcement(leaves),
                CoordinatorMembership.Expiry,
                replyAddress: null,
                isConfirmed: true,
                cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!leaves)
        {
            // The broker confirms an announcement. When it does not, the connection may be dead.
            _connection ??= new ConnectionCheck(Transport, time);
            _connection.Begin();
            logger.AnnouncementNotSent(CoordinatorMembership.AnnouncementInterval, exception);
        }
#pragma warning disable CA1031 // Whatever it is, the coordinator serves all the same; only the sharing of the queues depends on this.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            logger.AnnouncementNotSent(CoordinatorMembership.AnnouncementInterval, exception);
        }
    }
}
