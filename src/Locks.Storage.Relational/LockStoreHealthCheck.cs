using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Locks.Storage.Relational;

/// <summary>The health check <c>locks-store</c>: does with the store what a grant does (<see cref="StoreProbe"/>).</summary>
internal sealed class LockStoreHealthCheck(ILockStore store) : IHealthCheck
{
    private const string Name = "locks-store";
    private const string ReadyTag = "ready";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.ProbeAsync(cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy();
        }
        catch (LockStoreUnavailableException unavailable)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, unavailable.Message, unavailable);
        }
    }

    /// <summary>Registers the check of the store that is registered.</summary>
    public static void Register(IServiceCollection services)
    {
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
