using Locks.Client;
using Locks.FusionCache;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ZiggyCreatures.Caching.Fusion.Locking.Distributed;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers FusionCache's distributed locker.</summary>
public static class FusionCacheLockServiceCollectionExtensions
{
    /// <summary>
    /// Adds the distributed locker to an application that has a MassTransit bus; a cache takes it with
    /// <c>WithRegisteredDistributedLocker()</c>. The lock client is added too; call <c>AddLockClient</c> only to set its options.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="options">
    /// <inheritdoc cref="LocksDistributedLocker(ILockClient, LockOptions?, TimeProvider?)" path="/param[@name='options']"/>
    /// </param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">An option is out of range (thrown when the locker is first resolved).</exception>
    public static IServiceCollection AddFusionCacheLocksDistributedLocker(this IServiceCollection services, LockOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);

        services.AddLockClient();
        services.TryAddSingleton(provider => new LocksDistributedLocker(
            provider.GetRequiredService<ILockClient>(), options, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IFusionCacheDistributedLocker>(provider => provider.GetRequiredService<LocksDistributedLocker>());
        return services;
    }
}
