using Locks.Coordinator.Machine;
using Locks.Coordinator.Inbound;
using Locks.BatchTransport;
using Locks.Contracts;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Storage;
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
        endpoint.AddDeserializer(BatchSerializer.Commands);
        context.GetRequiredService<BatchChannel>().AttachTo(endpoint);
        // A fault repeats the message, token and all: it goes back to who sent it, if that is known, and never to whoever listens.
        endpoint.PublishFaults = false;

        Admit<LockCommands>(endpoint, CommandValidation.Check);
        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<LockCommands>>(
            new ReplyOnFailureFilter(context.GetRequiredService<ReplySender>())));
        Admit<AcquireLock>(endpoint, CommandValidation.Check);
        Admit<CancelAcquire>(endpoint, CommandValidation.Check);
        Admit<ConfirmGrant>(endpoint, CommandValidation.Check);
        Admit<RenewLock>(endpoint, CommandValidation.Check);
        Admit<ReleaseLock>(endpoint, CommandValidation.Check);
        Admit<RevokeLock>(endpoint, CommandValidation.Check);
        Admit<LeaseExpired>(endpoint, CommandValidation.Check);

        var leases = new Partitioner(options.ConcurrentRequests, new Murmur3UnsafeHashGenerator());
        Admit<GrantLease>(endpoint, leases, CommandValidation.Check, message => message.LeaseId);
        Admit<RenewLease>(endpoint, leases, CommandValidation.Check, message => message.LeaseId);
        Admit<RevokeLease>(endpoint, leases, CommandValidation.Check, message => message.LeaseId);
        Admit<DescribeLease>(endpoint, leases, CommandValidation.Check, message => message.LeaseId);
        Admit<LeaseDue>(endpoint, leases, CommandValidation.Check, message => message.LeaseId);

        RetryOn<LockStoreUnavailableException>(
            endpoint, Growing(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), options.StorePatience));
        RetryOn<LockConflictException>(
            endpoint, Growing(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)));
    }

    private static void Admit<T>(IReceiveEndpointConfigurator endpoint, Func<T, ValidationError?> check)
        where T : class =>
        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<T>>(new ValidationFilter<T>(check)));

    private static void Admit<T>(IReceiveEndpointConfigurator endpoint, Partitioner leases, Func<T, ValidationError?> check, Func<T, Guid> leaseId)
        where T : class
    {
        Admit(endpoint, check);
        endpoint.UsePartitioner<T>(leases, context => leaseId(context.Message));
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

    /// <summary>Intervals that double up to a longest one until they add up to the given patience.</summary>
    private static TimeSpan[] Growing(TimeSpan first, TimeSpan longest, TimeSpan patience)
    {
        var intervals = new List<TimeSpan>();
        var total = TimeSpan.Zero;
        for (var next = first; total + next <= patience; next = next * 2 > longest ? longest : next * 2)
        {
            intervals.Add(next);
            total += next;
        }

        return [.. intervals];
    }
}
