using Locks.Admin;
using Locks.Admin.Access;
using Locks.Admin.Live;
using Locks.Admin.Writing;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers the admin API and the dashboard.</summary>
public static class LocksAdminServiceCollectionExtensions
{
    /// <summary>
    /// Registers what <see cref="LocksAdminEndpointRouteBuilderExtensions.MapLocksAdmin"/> needs. The application has a lock client
    /// (<c>AddLockClient</c>), which it asks, and which it intervenes with. No authentication scheme is added, and nothing that concerns other
    /// endpoints.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="configure">Says who may use it. Default: people and programs of the same machine.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">An option is out of range; the message names it and the range.</exception>
    /// <exception cref="InvalidOperationException">It was called before on these services.</exception>
    public static IServiceCollection AddLocksAdmin(this IServiceCollection services, Action<LocksAdminOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new LocksAdminOptions();
        configure?.Invoke(options);
        return services.AddLocksAdmin(options);
    }

    /// <summary>Registers the same with options that were read already.</summary>
    internal static IServiceCollection AddLocksAdmin(this IServiceCollection services, LocksAdminOptions options)
    {
        if (options.Problems().FirstOrDefault() is { } problem)
            throw new ArgumentException(problem, nameof(options));

        if (services.Any(static service => service.ServiceType == typeof(LocksAdminOptions)))
            throw new InvalidOperationException("AddLocksAdmin was called before on these services; call it once.");

        services.AddSingleton(options);
        services.AddSingleton<AdminKeys>();
        services.AddSingleton<AdminGate>();
        services.AddSingleton<AdminAudit>();
        services.AddSingleton<WriteLimiter>();
        services.AddSingleton<LiveFeed>();
        services.AddSingleton<RateRecorder>();
        services.AddHostedService(static provider => provider.GetRequiredService<RateRecorder>());
        return services;
    }
}
