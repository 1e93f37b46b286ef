using Locks.Client.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Locks.Client.Health;

/// <summary>The health check <c>locks-client</c>: whether a coordinator answers this process, and if not, which cause is known.</summary>
internal sealed class LockClientHealthCheck(ILockClient client) : IHealthCheck
{
    public const string Name = "locks-client";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // An application may have put another client in its place, in a test of its own for example.
        if (client is not LockClient own)
            return HealthCheckResult.Healthy($"{client.GetType().Name} is used in place of the lock client; nothing is known of it.");

        return await own.AnswerProbe.LookAsync(cancellationToken).ConfigureAwait(false) is { } unavailable
            ? new HealthCheckResult(context.Registration.FailureStatus, unavailable.Message, unavailable)
            : HealthCheckResult.Healthy("A lock coordinator answers.");
    }
}
