using Hangfire.Server;
using Locks.Client;
using Locks.Hangfire;
using Microsoft.Extensions.DependencyInjection;

namespace Hangfire;

/// <summary>Has Hangfire perform jobs under locks.</summary>
public static class HangfireLockExtensions
{
    /// <summary>
    /// Names the application's services to the jobs that have a <see cref="UseDistributedLockAttribute"/>. Call it once, where Hangfire is
    /// configured: <c>services.AddHangfire((provider, hangfire) => hangfire.UseDistributedLocks(provider))</c>. As the rest of that
    /// configuration, it holds for the whole process.
    /// </summary>
    /// <param name="configuration">Hangfire's configuration.</param>
    /// <param name="services">The application's services; they must have a lock client.</param>
    /// <returns>The same configuration.</returns>
    /// <exception cref="InvalidOperationException">There is no lock client.</exception>
    public static IGlobalConfiguration UseDistributedLocks(this IGlobalConfiguration configuration, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        ArgumentNullException.ThrowIfNull(services);

        // Only checks that the client is registered: creating it needs the bus.
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(ILockClient)) == false)
            throw new InvalidOperationException("UseDistributedLocks needs a lock client: call services.AddLockClient().");

        LockServices.Use(services);
        return configuration;
    }

    /// <summary>The lock that the job is performed under.</summary>
    /// <param name="context">The job's context, which Hangfire hands to a parameter of this type.</param>
    /// <exception cref="InvalidOperationException">The job is performed under no lock.</exception>
    public static ILockHandle GetDistributedLock(this PerformContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Items.TryGetValue(HeldJobLock.Name, out var item) && item is HeldJobLock held
            ? held.Handle
            : throw new InvalidOperationException(
                $"The job '{context.BackgroundJob.Id}' is performed under no lock: give its method the attribute UseDistributedLock.");
    }

    /// <summary>The fencing token of the lock that the job is performed under.</summary>
    /// <param name="context">The job's context, which Hangfire hands to a parameter of this type.</param>
    /// <exception cref="InvalidOperationException">The job is performed under no lock.</exception>
    public static long FencingToken(this PerformContext context) => context.GetDistributedLock().FencingToken;
}
