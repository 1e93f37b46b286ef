using Locks.BatchTransport;
using Locks.BusStarting;
using Locks.Coordinator;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Saga;
using Locks.Coordinator.Saga.Batches;
using Locks.Coordinator.Saga.Lanes;
using Locks.Coordinator.Saga.Leases;
using Locks.Coordinator.Sessions;
using Locks.Coordinator.Spread;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Timers;
using MassTransit;
using MassTransit.Configuration;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The coordinator's door.</summary>
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
    /// <c>ready</c>.
    /// </remarks>
    /// <param name="services">The application's services, or the configurator inside <c>AddMassTransit</c>.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>Where the store is chosen.</returns>
    /// <exception cref="ArgumentException">An option is out of range (thrown when the host starts).</exception>
    public static LockCoordinatorBuilder AddLockCoordinator(
        this IServiceCollection services, Action<LockCoordinatorOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        var options = services.AddOptions<LockCoordinatorOptions>().PostConfigure(static options => options.Validate());
        if (configure is not null)
            options.Configure(configure);

        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<CoordinatorClock>();
        services.TryAddSingleton<ILockStore, InMemoryLockStore>();
        // The bus is built with the timer in its pipeline, so the timer asks for the bus only when something is due.
        services.TryAddSingleton(provider => new LeaseTimer(
            new Lazy<IBus>(provider.GetRequiredService<IBus>),
            due => provider.GetRequiredService<DueLocks>().WakeAsync(due),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<LeaseTimer>>()));
        services.TryAddSingleton(provider => new LockRules(provider.GetRequiredService<IOptions<LockCoordinatorOptions>>().Value.Limits));
        services.TryAddSingleton<StoreGate>();
        StoreGateHealthCheck.Register(services);
        services.TryAddSingleton<DueLocks>();
        services.AddHostedService<OverdueSweeper>();

        services.TryAddSingleton<OpenQueues>();
        services.TryAddSingleton<BatchChannel>();
        services.TryAddSingleton(provider => new AnswerSender(
            new Lazy<IBus>(provider.GetRequiredService<IBus>),
            provider.GetRequiredService<BatchChannel>(),
            provider.GetRequiredService<OpenQueues>(),
            provider.GetRequiredService<ILogger<AnswerSender>>()));
        services.TryAddSingleton<LockLanes>();
        services.RegisterConsumer<LockCommandsConsumer, LockCommandsDefinition>();
        services.TryAddSingleton<ClientSessions>();
        services.TryAddSingleton(provider => new NoteSender(
            new Lazy<IBus>(provider.GetRequiredService<IBus>),
            provider.GetRequiredService<ClientSessions>(),
            provider.GetRequiredService<ILogger<NoteSender>>()));
        services.RegisterConsumer<SessionListener, SessionListenerDefinition>();
        BusStart.Register(services);
        services.AddHostedService<SpreadQueues>();

        services.RegisterSaga<LockStateMachine, LockSaga, LockSagaDefinition>();
        services.RegisterLoadSagaRepository<LockSaga, LockSagaRepository>();
        services.AddScoped<ISagaRepositoryContextFactory<LockSaga>, LockSagaRepository>();

        services.TryAddSingleton<LeasedLocks>();
        services.TryAddSingleton<LeaseAnnouncement>();
        services.RegisterSaga<LeaseStateMachine, LeaseSaga, LeaseSagaDefinition>();
        services.RegisterLoadSagaRepository<LeaseSaga, LeaseSagaRepository>();
        services.AddScoped<ISagaRepositoryContextFactory<LeaseSaga>, LeaseSagaRepository>();

        return new LockCoordinatorBuilder(services);
    }
}
