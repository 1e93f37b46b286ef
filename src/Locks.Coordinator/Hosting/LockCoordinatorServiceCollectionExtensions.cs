using Locks.Coordinator.Clocks;
using Locks.Coordinator.Deadlocks;
using Locks.Coordinator.Diagnostics;
using Locks.Coordinator.Diagnostics.Tracing;
using Locks.Coordinator.Domain.Rules;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Inbound;
using Locks.Coordinator.Inspect;
using Locks.Coordinator.Liveness;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Partitioning;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Scheduling;
using Locks.Coordinator.Storage;
using Locks.Transport;
using Locks.Transport.Isolation;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a lock coordinator to MassTransit.</summary>
public static class LockCoordinatorServiceCollectionExtensions
{
    /// <summary>
    /// Adds a lock coordinator to the application's MassTransit bus. Its endpoint is configured by <c>ConfigureEndpoints</c>, like any
    /// consumer's. Locks are kept in this process's memory unless the result is told otherwise (<c>UsePostgreSql</c>,
    /// <c>UseSqlServer</c>).
    /// </summary>
    /// <remarks>
    /// Where the store has tables (<see cref="ILockSchema"/>), the coordinator's endpoint takes no message until they were found current
    /// once; it looks every second, and says in the log what is missing. The application's start and its other endpoints do not wait for
    /// that, unless it set <see cref="MassTransitHostOptions.WaitUntilStarted"/>. The health check <c>locks-schema</c> tells, with the tag
    /// <c>ready</c>; <c>locks-clock</c> tells whether the store's time is known, by which the coordinator decides; and
    /// <c>locks-partitions</c>, whether the coordinator reads the partitions that it should read.
    /// </remarks>
    /// <param name="services">The application's services, or the configurator inside <c>AddMassTransit</c>.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>Where the store is chosen.</returns>
    /// <exception cref="ArgumentException">An option is out of range (thrown when the host starts).</exception>
    /// <exception cref="InvalidOperationException">It is the configurator of a bus of its own type, <c>AddMassTransit&lt;TBus&gt;</c>.</exception>
    public static LockCoordinatorBuilder AddLockCoordinator(
        this IServiceCollection services, Action<LockCoordinatorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        BusRequirement.Check(services);

        var options = services.AddOptions<LockCoordinatorOptions>().PostConfigure(static options => options.Validate());
        if (configure is not null)
            options.Configure(configure);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CoordinatorMeter>();
        services.TryAddSingleton<AttemptTraces>();
        services.TryAddSingleton<CoordinatorClock>();
        services.AddHostedService<ClockKeeper>();
        services.TryAddSingleton<ILockStore, InMemoryLockStore>();
        services.TryAddSingleton(provider => new InProcessScheduler(
            provider.GetRequiredService<IsolatedSender>(),
            due => provider.GetRequiredService<ExpiryDispatcher>().DispatchAsync(due),
            provider.GetRequiredService<CoordinatorClock>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<InProcessScheduler>>()));
        services.TryAddSingleton(provider => new LockRules(provider.GetRequiredService<IOptions<LockCoordinatorOptions>>().Value.Limits));
        services.TryAddSingleton<StoreReadiness>();
        StoreReadinessHealthCheck.Register(services);
        ClockHealthCheck.Register(services);
        ReadinessCheck.Register<PartitionsHealthCheck>(services, PartitionsHealthCheck.Name);
        services.TryAddSingleton<ExpiryDispatcher>();
        services.AddHostedService<OverdueSweeper>();

        services.TryAddSingleton<OpenPartitions>();
        services.TryAddSingleton<TransportSelector>();
        services.TryAddSingleton<CommitListeners>();
        services.TryAddSingleton(provider => new ReplySender(
            new Lazy<IBus>(provider.GetRequiredService<IBus>),
            provider.GetRequiredService<IsolatedSender>(),
            provider.GetRequiredService<TransportSelector>(),
            provider.GetRequiredService<OpenPartitions>(),
            provider.GetRequiredService<CommitListeners>(),
            provider.GetRequiredService<ILogger<ReplySender>>()));
        services.TryAddSingleton<StoreFailures>();
        services.TryAddSingleton<AccessRefusalReporter>();
        services.AddReceiveObserver<ReceiveFaultReporter>();
        services.TryAddSingleton<PartitionWorkers>();
        services.TryAddSingleton<LockCommandEvents>();
        services.RegisterConsumer<LockCommandsConsumer, LockCommandsDefinition>();
        services.TryAddSingleton<SessionLiveness>();
        services.AddSingleton<ICommitObserver>(provider => provider.GetRequiredService<SessionLiveness>());
        services.AddSingleton<ICommitObserver, CommitReporter>();
        services.AddSingleton<ICommitObserver, DecisionMeasurer>();
        services.TryAddSingleton<WatermarkSender>();
        services.RegisterConsumer<LivenessConsumer, LivenessConsumerDefinition>();
        services.TryAddSingleton<CoordinatorDirectory>();
        services.TryAddSingleton<StatisticsCounter>();
        services.AddHostedService<StoreGauges>();
        services.TryAddSingleton<WaitGraphReader>();
        services.AddHostedService<DeadlockDetector>();
        services.TryAddSingleton<LockInspector>();
        services.RegisterConsumer<QueryConsumer, QueryConsumerDefinition>();
        BusLifecycle.Register(services);
        services.AddHostedService<PartitionQueues>();

        services.RegisterSaga<LockStateMachine, LockSaga, LockSagaDefinition>();

        // In place of MassTransit's registration, which knows only the constructor for a plain saga.
        services.Replace(ServiceDescriptor.Singleton(provider => new LockStateMachine(
            provider.GetRequiredService<LockRules>(),
            provider.GetRequiredService<CoordinatorClock>(),
            provider.GetRequiredService<SessionLiveness>())));
        services.RegisterLoadSagaRepository<LockSaga, LockSagaRepository>();
        services.AddScoped<ISagaRepositoryContextFactory<LockSaga>, LockSagaRepository>();

        services.TryAddSingleton<ILeaseLocks, LeaseReleaseProcessor>();
        services.TryAddSingleton<LeaseReplyMapper>();
        services.RegisterSaga<LeaseStateMachine, LeaseSaga, LeaseSagaDefinition>();
        services.RegisterLoadSagaRepository<LeaseSaga, LeaseSagaRepository>();
        services.AddScoped<ISagaRepositoryContextFactory<LeaseSaga>, LeaseSagaRepository>();

        return new LockCoordinatorBuilder(services);
    }
}
