using Locks.Contracts;
using Locks.Coordinator.Saga;
using Locks.Coordinator.Storage;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Locks.Coordinator.Hosting;

/// <summary>
/// The coordinator's endpoint: its queue, and what every message passes on its way to the state machine. From the outside in: bad input is
/// refused; requests for one key go one after another; a store that is away is tried again, patiently; a conflict is decided again, at
/// once; replies are held back until the commit.
/// </summary>
internal sealed class LockSagaDefinition : SagaDefinition<LockSaga>
{
    private readonly LockCoordinatorOptions _options;

    public LockSagaDefinition(IOptions<LockCoordinatorOptions> options)
    {
        _options = options.Value;
        EndpointName = _options.QueueName;
        ConcurrentMessageLimit = _options.ConcurrentRequests;
    }

    protected override void ConfigureSaga(
        IReceiveEndpointConfigurator endpointConfigurator, ISagaConfigurator<LockSaga> sagaConfigurator, IRegistrationContext context)
    {
        endpointConfigurator.ConcurrentMessageLimit = _options.ConcurrentRequests;
        endpointConfigurator.PrefetchCount = _options.ConcurrentRequests * 2;
        endpointConfigurator.AddDependency(context.GetRequiredService<StoreGate>());
        // A fault repeats the message, token and all: it goes back to who sent it, if that is known, and never to whoever listens.
        endpointConfigurator.PublishFaults = false;

        var lanes = new Partitioner(_options.ConcurrentRequests, new Murmur3UnsafeHashGenerator());
        Admit<AcquireLock>(endpointConfigurator, lanes, InputChecks.Check, message => message.Key);
        Admit<CancelAcquire>(endpointConfigurator, lanes, InputChecks.Check, message => message.Key);
        Admit<ConfirmGrant>(endpointConfigurator, lanes, InputChecks.Check, message => message.Key);
        Admit<RenewLock>(endpointConfigurator, lanes, InputChecks.Check, message => message.Key);
        Admit<ReleaseLock>(endpointConfigurator, lanes, InputChecks.Check, message => message.Key);
        Admit<RevokeLock>(endpointConfigurator, lanes, InputChecks.Check, message => message.Key);
        Admit<LeaseExpired>(endpointConfigurator, lanes, InputChecks.Check, message => message.Key);
        Admit<GrantLease>(endpointConfigurator, lanes, InputChecks.Check, message => message.LeaseId);
        Admit<RenewLease>(endpointConfigurator, lanes, InputChecks.Check, message => message.LeaseId);
        Admit<RevokeLease>(endpointConfigurator, lanes, InputChecks.Check, message => message.LeaseId);
        Admit<DescribeLease>(endpointConfigurator, lanes, InputChecks.Check, message => message.LeaseId);
        Admit<LeaseDue>(endpointConfigurator, lanes, InputChecks.Check, message => message.LeaseId);

        RetryOn<LockStoreUnavailableException>(
            endpointConfigurator, Growing(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2), _options.StorePatience));
        RetryOn<LockConflictException>(
            endpointConfigurator, Growing(TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10)));
        endpointConfigurator.UseInMemoryOutbox(context);
    }

    private static void Admit<T>(
        IReceiveEndpointConfigurator endpoint, Partitioner lanes, Func<T, BadInput?> check, Func<T, string> key)
        where T : class =>
        Admit(endpoint, lanes, check, message => LockKey.ToId(key(message)));

    private static void Admit<T>(
        IReceiveEndpointConfigurator endpoint, Partitioner lanes, Func<T, BadInput?> check, Func<T, Guid> sagaId)
        where T : class
    {
        endpoint.AddPipeSpecification(new FilterPipeSpecification<ConsumeContext<T>>(new RefuseBadInput<T>(check)));
        endpoint.UsePartitioner<T>(lanes, context => sagaId(context.Message));
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
