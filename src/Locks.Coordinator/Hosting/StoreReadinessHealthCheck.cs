using Locks.Coordinator.Storage;
using Locks.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Locks.Coordinator.Hosting;

/// <summary>Whether the store's tables have the form that this version needs.</summary>
internal sealed class StoreReadinessHealthCheck(StoreReadiness gate, ILockSchema? schema = null) : IHealthCheck
{
    private const string Name = "locks-schema";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            if (schema is not null && !await schema.IsCurrentAsync(cancellationToken).ConfigureAwait(false))
                return new HealthCheckResult(context.Registration.FailureStatus, "The tables of Locks are missing or old: apply the migration.");

            return gate.Ready.IsCompletedSuccessfully
                ? HealthCheckResult.Healthy()
                : new HealthCheckResult(context.Registration.FailureStatus, "The store was not found ready yet.");
        }
        catch (LockStoreUnavailableException unavailable)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, unavailable.Message, unavailable);
        }
    }

    public static void Register(IServiceCollection services) => ReadinessCheck.Register<StoreReadinessHealthCheck>(services, Name);
}
