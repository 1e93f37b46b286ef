using Locks.Client;
using Locks.DistributedLock;
using Medallion.Threading;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers locks behind the abstractions of DistributedLock.</summary>
public static class DistributedLockServiceCollectionExtensions
{
    /// <summary>
    /// Adds an <see cref="IDistributedLockProvider"/> to an application that has a MassTransit bus. It becomes the application's own: it
    /// is resolved before any other that was registered earlier. The lock client is added too; call <c>AddLockClient</c> only to set its
    /// options.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">
    /// <inheritdoc cref="LocksDistributedLockProvider(ILockClient, LockOptions?, TimeProvider?)" path="/param[@name='options']"/>
    /// </param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">An option is out of range (thrown when the provider is first resolved).</exception>
    public static IServiceCollection AddDistributedLockProvider(this IServiceCollection services, LockOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.AddLockClient();
        services.TryAddSingleton(provider => new LocksDistributedLockProvider(
            provider.GetRequiredService<ILockClient>(), options, provider.GetRequiredService<TimeProvider>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDistributedLockProvider, LocksDistributedLockProvider>(
            provider => provider.GetRequiredService<LocksDistributedLockProvider>()));
        return services;
    }
}
