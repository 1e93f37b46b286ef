using System.Globalization;
using Locks.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Locks.Coordinator.Clocks;

/// <summary>
/// The health check <c>locks-clock</c>: whether the coordinator knows the time by which it decides, and how far its machine's wall clock is
/// from it. A wall clock that is off does no harm, so that alone leaves the coordinator healthy.
/// </summary>
internal sealed class ClockHealthCheck(CoordinatorClock clock) : IHealthCheck
{
    private const string Name = "locks-clock";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var isKnown = clock.IsKnown;
        var offset = clock.WallClockOffset.TotalSeconds;
        var error = clock.Error;
        if (error is null)
            return Task.FromResult(new HealthCheckResult(context.Registration.FailureStatus, "The store's time is not known yet."));

        var data = new Dictionary<string, object> { ["wallClockOffsetSeconds"] = offset, ["errorSeconds"] = error.Value.TotalSeconds };
        var description = string.Create(
            CultureInfo.InvariantCulture,
            $"This machine's wall clock is {Math.Abs(offset):0.000} s {(offset < 0 ? "behind" : "ahead of")} the time of the locks, which is "
            + $"known to within {error.Value.TotalMilliseconds:0.0} ms{(isKnown ? "" : ": too little to decide by")}.");
        return Task.FromResult(new HealthCheckResult(
            isKnown ? HealthStatus.Healthy : context.Registration.FailureStatus, description, exception: null, data));
    }

    public static void Register(IServiceCollection services) => ReadinessCheck.Register<ClockHealthCheck>(services, Name);
}
