using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Locks.Transport;

/// <summary>Registers the health checks of client and coordinator, as MassTransit registers its own: under a name, with the tag <c>ready</c>.</summary>
internal static class ReadinessCheck
{
    private const string ReadyTag = "ready";

    /// <summary>Registers a check once, however often it is asked for. An application may change or remove it by its name.</summary>
    public static void Register<TCheck>(IServiceCollection services, string name)
        where TCheck : class, IHealthCheck
    {
        services.AddHealthChecks();
        services.Configure<HealthCheckServiceOptions>(options =>
        {
            if (options.Registrations.All(registration => registration.Name != name))
            {
                options.Registrations.Add(new HealthCheckRegistration(
                    name, ActivatorUtilities.GetServiceOrCreateInstance<TCheck>, HealthStatus.Unhealthy, [ReadyTag]));
            }
        });
    }
}
