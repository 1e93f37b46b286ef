using Locks.Contracts;
using Locks.Contracts.Catalogue;
using Locks.Coordinator.Inbound;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Storage;
using Locks.Transport;
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
        var time = context.GetRequiredService<TimeProvider>();
        endpoint.ConcurrentMessageLimit = options.ConcurrentRequests;
        endpoint.PrefetchCount = options.ConcurrentRequests * 2;
        endpoint.AddDependency(context.GetRequiredService<StoreReadiness>());
        var transport = context.GetRequiredService<TransportSelector>().For(endpoint.InputAddress);
        // The queues of partitions are stopped by themselves, before the bus, and are kept open by what else starts and stops them.
        if (EndpointAddress.IsOf(endpoint.InputAddress, options.QueueName))
        {
            var lifecycle = context.GetRequiredService<BusLifecycle>();
            lifecycle.StopAfterClients(endpoint, lifecycle.KeepOpen(endpoint, transport, context.GetRequiredService<IBus>));
        }

        transport.ReceiveCommands(endpoint);
        if (options.Durability != QueueDurability.BrokerDefault)
            transport.ChooseQueue(endpoint, isReplicated: options.Durability == QueueDurability.Quorum);
        // A fault repeats the message, token and all: it goes to the sender alone, if that is known, and is never published.
        endpoint.PublishFaults = false;

        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<LockCommands>>(
            new ValidationFilter<LockCommands>(CommandCatalogue.Validate, time)));
        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<LockCommands>>(
            new ReplyOnFailureFilter(context.GetRequiredService<ReplySender>())));
        var leases = new Partitioner(options.ConcurrentRequests, new Murmur3UnsafeHashGenerator());
        var admission = new CommandAdmission(endpoint, leases, time);
        foreach (var command in CommandCatalogue.All)
            command.Accept(admission);

        RetryOn<LockStoreUnavailableException>(
            endpoint, Growing(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), options.StoreRetryTimeout));
        RetryOn<LockConflictException>(
            endpoint, Growing(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)));
    }

    private static void RetryOn<T>(IReceiveEndpointConfigurator endpoint, TimeSpan[] intervals)
        where T : Exception
    {
        // MassTransit takes no empty list for "never".
        if (intervals.Length == 0)
            return;

        endpoint.UseMessageRetry(retry =>
        {
            retry.Handle<Exception>(IsOrComesFrom<T>);
            retry.Intervals(intervals);
        });
    }

    /// <summary>What fails inside of the state machine, and not at the commit, comes wrapped; and MassTransit looks only at the innermost.</summary>
    private static bool IsOrComesFrom<T>(Exception exception)
        where T : Exception =>
        exception is T || (exception.InnerException is { } inner && IsOrComesFrom<T>(inner));

    /// <summary>Intervals that double up to a longest one until they add up to the given time.</summary>
    private static TimeSpan[] Growing(TimeSpan first, TimeSpan longest, TimeSpan timeout)
    {
        var intervals = new List<TimeSpan>();
        var total = TimeSpan.Zero;
        for (var next = first; total + next <= timeout; next = next * 2 > longest ? longest : next * 2)
        {
            intervals.Add(next);
            total += next;
        }

        return [.. intervals];
    }
}
