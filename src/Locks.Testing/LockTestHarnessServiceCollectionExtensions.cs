using Locks.Client;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Storage;
using Locks.Testing;
using Locks.Testing.Faults;
using Locks.Testing.History;
using Locks.Testing.Running;
using Locks.Transport.Isolation;
using MassTransit;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the lock test harness to an application under test.</summary>
public static class LockTestHarnessServiceCollectionExtensions
{
    /// <summary>
    /// Puts an application's locks under its test's control (<see cref="ILockTestHarness"/>): the real coordinator on the bus of MassTransit's
    /// test harness, in memory, with the lock client, at a time that the test moves. To be called last, after the application's own
    /// registrations and <c>AddMassTransitTestHarness</c>: a lock client or a coordinator that the application adds by itself is kept with
    /// its options, and its database is left out. An order that does not work is refused when the bus is built.
    /// </summary>
    /// <param name="services">The services of the application under test.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its value and the range.</exception>
    /// <exception cref="InvalidOperationException">The harness was added before.</exception>
    public static IServiceCollection AddLockTestHarness(
        this IServiceCollection services, Action<LockTestHarnessOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (services.Any(service => service.ServiceType == typeof(ILockTestHarness)))
            throw new InvalidOperationException("AddLockTestHarness was called before on these services; call it once.");

        var options = new LockTestHarnessOptions();
        configure?.Invoke(options);
        options.Validate();
        services.AddSingleton(options);

        AddCoordinator(services);
        services.AddLockClient();
        LocksTime.Put(services, options);
        KeepInMemory(services);
        Observe(services);

        services.TryAddSingleton<RegistrationCheck>();
        services.TryAddSingleton<FaultPlan>();
        services.TryAddSingleton<HarnessClient>();
        services.TryAddSingleton<Quiescence>();
        services.AddSingleton<CoordinatorFaultFilter>();
        services.AddSingleton<IConfigureReceiveEndpoint>(provider => provider.GetRequiredService<CoordinatorFaultFilter>());
        services.AddSingleton<IConfigureIsolatedPipe>(provider => provider.GetRequiredService<CoordinatorFaultFilter>());
        services.AddSingleton<ILockTestHarness, LockTestHarness>();
        return services;
    }

    /// <summary>Also where the application has one: MassTransit's test harness has taken its saga repository away.</summary>
    private static void AddCoordinator(IServiceCollection services)
    {
        var isAlone = services.All(service => service.ServiceType != typeof(CoordinatorClock));
        services.AddLockCoordinator(coordinator =>
        {
            // Timers do not get lost in a test, and a delayed message counts against the limit.
            coordinator.SweepInterval = TimeSpan.FromHours(1);
            // Each look would be a step of the time that a test lets pass: 1,800 in an hour. Queries about deadlocks are answered all the same.
            coordinator.Deadlocks.Enabled = false;
            coordinator.ConcurrentRequests = 1_000;
        });
        if (isAlone)
        {
            services.AddOptions<LockCoordinatorOptions>().Configure<IOptions<LockClientOptions>>(
                (coordinator, client) => coordinator.QueueName = client.Value.QueueName);
        }
    }

    private static void KeepInMemory(IServiceCollection services)
    {
        services.RemoveAll<ILockSchema>();
        services.RemoveAll<IStoreTime>();
        services.RemoveAll<ILockStore>();
        services.AddSingleton<ILockStore, InMemoryLockStore>();
        // The health of a database that is not used.
        services.PostConfigure<HealthCheckServiceOptions>(health =>
        {
            foreach (var check in health.Registrations.Where(check => check.Name == "locks-store").ToList())
                health.Registrations.Remove(check);
        });
    }

    private static void Observe(IServiceCollection services)
    {
        services.TryAddSingleton<LockHistory>();
        services.AddSingleton<ICommitObserver>(provider => provider.GetRequiredService<LockHistory>());
        services.TryAddSingleton<InFlightTracker>();
        services.AddSendObserver(provider => provider.GetRequiredService<InFlightTracker>());
        services.AddPublishObserver(provider => provider.GetRequiredService<InFlightTracker>());
        services.AddReceiveObserver(provider => provider.GetRequiredService<InFlightTracker>());
        services.AddBusObserver<ShutdownClock>();
    }
}
