using Locks.Client;
using Locks.Client.Exclusive;
using Locks.Contracts;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Services that run on one instance of an application at a time.</summary>
public static class ExclusiveServiceCollectionExtensions
{
    /// <summary>
    /// Adds a hosted service that runs on one of the application's instances at a time: on the one that holds the lock. The others stand in
    /// line, first in first out, and the next one takes over when that instance stops (at once), dies, or can't reach the coordinator any
    /// more (when its lease ends, as docs/guarantees.md says in G5).
    /// </summary>
    /// <remarks>
    /// <para>Each time that the lock is granted, a new <typeparamref name="T"/> is made, in a scope of its own, and started; both are disposed
    /// of when it has ended, and then the lock is given back. Its constructor may ask for the <see cref="ExclusiveTerm"/>, whose fencing token
    /// belongs to everything that it writes.</para>
    /// <para>When the lock is lost, <typeparamref name="T"/> is stopped as a host stops it, and the token of a <see cref="BackgroundService"/>
    /// fires at once; this instance then stands in line again. From the loss to the next grant there is no more than
    /// <see cref="LockClientOptions.SafetyMargin"/>: a service that takes longer to stop may run on two instances for a moment.</para>
    /// <para>When a <see cref="BackgroundService"/> returns, the lock is given back and this instance does not run it again; the next one in
    /// line does. When it throws, or can't be made or started, the lock is given back, and the exception goes to the host as that of any
    /// background service: <c>HostOptions.BackgroundServiceExceptionBehavior</c> says what it makes of it. An exception that comes only after
    /// the service was told to stop is logged.</para>
    /// <para>A coordinator that can't be reached is logged, and tried again for ever. When the host stops, <typeparamref name="T"/> is stopped
    /// and the lock given back before any other service is stopped; a service that does not stop keeps the lock until its process ends.
    /// The client is added too; <c>AddLockClient</c> need be called only to set its options.</para>
    /// </remarks>
    /// <example>
    /// A migration of the database, which every instance sees to when it starts, one after the other: the first one does the work, and the
    /// others find it done. The rest of the application does not wait for it; where it has to, call
    /// <see cref="ILockClient.AcquireAsync"/> in the <c>StartAsync</c> of a hosted service that is added after the bus and before all that
    /// needs the database.
    /// <code>
    /// services.AddExclusiveHostedService&lt;Migration&gt;("orders/migration");
    ///
    /// internal sealed class Migration(OrdersDbContext database) : BackgroundService
    /// {
    ///     protected override Task ExecuteAsync(CancellationToken stoppingToken) => database.Database.MigrateAsync(stoppingToken);
    /// }
    /// </code>
    /// </example>
    /// <typeparam name="T">The service. Of a host's calls it gets <c>StartAsync</c> and <c>StopAsync</c>.</typeparam>
    /// <param name="services">The application's services.</param>
    /// <param name="key">What is locked: 1 to 512 UTF-8 bytes, compared ordinally. The same on all instances.</param>
    /// <param name="options">How it runs.</param>
    /// <returns>The same services.</returns>
    /// <exception cref="ArgumentException">The key or an option is out of range; the message names it and the limit.</exception>
    public static IServiceCollection AddExclusiveHostedService<T>(
        this IServiceCollection services, string key, ExclusiveServiceOptions? options = null)
        where T : class, IHostedService
    {
        ArgumentNullException.ThrowIfNull(services);
        LockLimits.CheckKey(key)?.Throw(nameof(key));
        options ??= new ExclusiveServiceOptions();
        options.Validate();

        services.AddLockClient();
        services.TryAddScoped<TermAccessor>();
        services.TryAddScoped(static provider => provider.GetRequiredService<TermAccessor>().Value);
        services.TryAddKeyedScoped<T>(ExclusiveHostedService<T>.ServiceKey);
        return services.AddSingleton<IHostedService>(
            provider => ActivatorUtilities.CreateInstance<ExclusiveHostedService<T>>(provider, key, options));
    }
}
