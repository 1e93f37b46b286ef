using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Locks.Coordinator.EntityFrameworkCore;

/// <summary>Asks the store for a sign of life.</summary>
internal sealed class LockStoreHealthCheck(LockStoreHealthCheck.Ping ping) : IHealthCheck
{
    private const string Name = "locks-store";
    private const string ReadyTag = "ready";

    /// <exception cref="LockStoreUnavailableException">There is none.</exception>
    public delegate Task Ping(CancellationToken cancellationToken);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await ping(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (LockStoreUnavailableException unavailable)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, unavailable.Message, unavailable);
        }
    }

    /// <summary>Registers the check; a later call replaces how the store is asked, so that the last store that was chosen counts.</summary>
    public static void Register(IServiceCollection services, Func<IServiceProvider, Ping> ping)
    {
        services.Replace(ServiceDescriptor.Singleton(ping));
        services.TryAddSingleton<LockStoreHealthCheck>();
        services.AddHealthChecks();
        services.Configure<HealthCheckServiceOptions>(options =>
        {
            if (options.Registrations.All(registration => registration.Name != Name))
            {
                options.Registrations.Add(new HealthCheckRegistration(
                    Name, provider => provider.GetRequiredService<LockStoreHealthCheck>(), HealthStatus.Unhealthy, [ReadyTag]));
            }
        });
    }
}
