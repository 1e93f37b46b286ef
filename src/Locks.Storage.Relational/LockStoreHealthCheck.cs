using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Locks.Storage.Relational;

/// <summary>The health check <c>locks-store</c>: sends the store a statement and waits for its answer.</summary>
internal sealed class LockStoreHealthCheck(LockStoreHealthCheck.Ping ping) : IHealthCheck
{
    private const string Name = "locks-store";
    private const string ReadyTag = "ready";

    /// <summary>Sends a statement that takes the same path as those of a grant: prepared, and with a parameter.</summary>
    /// <exception cref="LockStoreUnavailableException">The store did not answer.</exception>
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

    /// <summary>
    /// Registers the check; a later call replaces the statement, so that the store that was chosen last is the one that is checked.
    /// </summary>
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
