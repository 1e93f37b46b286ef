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
    /// Adds a hosted service that runs on one of the application's instances at a time: on the one that holds the lock. The others wait in
    /// the lock's queue, first in first out. The next one takes over when that instance stops (at once), dies, or can't reach the
    /// coordinator any more (when its lease ends, as docs/guarantees.md says in G5).
    /// </summary>
    /// <remarks>
    /// <para>Each time that the lock is granted, a new <typeparamref name="T"/> is created, in a scope of its own, and started; both are
    /// disposed of when it has ended, and then the lock is released. Its constructor may ask for the <see cref="ExclusiveTerm"/>, whose
    /// fencing token belongs to everything that it writes.</para>
    /// <para>When the lock is lost, <typeparamref name="T"/> is stopped as a host stops it, and the token of a
    /// <see cref="BackgroundService"/> fires at once; this instance then waits in the queue again. From the loss to the next grant there is
    /// no more than <see cref="LockClientOptions.SafetyMargin"/>: a service that takes longer to stop may run on two instances for a
    /// moment.</para>
    /// <para>When a <see cref="BackgroundService"/> returns, the lock is released and this instance does not run it again; the next one in
    /// the queue does. When it throws, or can't be created or started, the lock is released, and the exception goes to the host as that of
    /// any background service: <c>HostOptions.BackgroundServiceExceptionBehavior</c> decides what happens then. An exception that comes
    /// only after the service was stopped is logged.</para>
    /// <para>A coordinator that can't be reached is logged, and tried again for ever. When the host stops, <typeparamref name="T"/> is
    /// stopped and the lock released before any other service is stopped; a service that does not stop holds the lock until its process
    /// ends. The client is added too; <c>AddLockClient</c> need be called only to set its options.</para>
    /// </remarks>
    /// <example>
    /// A migration of the database, which every instance runs when it starts, one after the other: the first one does the work, and the
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
