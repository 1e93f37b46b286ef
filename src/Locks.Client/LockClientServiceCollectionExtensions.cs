using Locks.Client;
using Locks.Client.Core;
using Locks.Client.Diagnostics;
using Locks.Client.Health;
using Locks.Client.Shapes;
using Locks.Transport;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the lock client.</summary>
public static class LockClientServiceCollectionExtensions
{
    /// <summary>
    /// Adds the lock client to an application that has a MassTransit bus: <see cref="ILockClient"/>, <see cref="IDistributedLock"/> and
    /// <see cref="IDistributedLockFactory"/>. The client connects a temporary reply queue of its own when it is first used and the bus has
    /// started, and needs nothing in the bus's configuration.
    /// </summary>
    /// <remarks>
    /// Adds the health check <c>locks-client</c> with the tag <c>ready</c>: unhealthy when no coordinator answers, with the cause in its
    /// description. An application that works without locks removes it, or gives it another failure status, by its name in
    /// <see cref="HealthCheckServiceOptions.Registrations"/>.
    /// </remarks>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Sets options.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">An option is out of range (thrown when the client is first used).</exception>
    public static IServiceCollection AddLockClient(this IServiceCollection services, Action<LockClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        var options = services.AddOptions<LockClientOptions>().PostConfigure(static options => options.Validate());
        if (configure is not null)
            options.Configure(configure);

        services.TryAddSingleton(TimeProvider.System);
        BusLifecycle.Register(services);
        services.TryAddSingleton<ClientMeter>();
        services.TryAddSingleton<ILockClient, LockClient>();
        services.TryAddSingleton<IDistributedLock, DistributedLock>();
        services.TryAddSingleton<IDistributedLockFactory, DistributedLockFactory>();
        ReadinessCheck.Register<LockClientHealthCheck>(services, LockClientHealthCheck.Name);
        return services;
    }
}
