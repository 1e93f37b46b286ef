using Locks.Client;
using Locks.Quartz;
using Microsoft.Extensions.DependencyInjection;
using Quartz.Extensibility;
using Quartz.Impl;

namespace Quartz;

/// <summary>Has a scheduler run jobs under locks.</summary>
public static class QuartzLockExtensions
{
    /// <summary>
    /// Runs the jobs whose type has a <see cref="UseDistributedLockAttribute"/> under a lock. The lock client is added too; call
    /// <c>AddLockClient</c> only to set its options. Takes the place of <c>UseJobFactory</c>, which must not be called as well: jobs are made
    /// by <see cref="MicrosoftDependencyInjectionJobFactory"/>, as Quartz makes them by default.
    /// </summary>
    /// <param name="quartz">The scheduler.</param>
    /// <returns>The same scheduler.</returns>
    /// <exception cref="InvalidOperationException">The scheduler has a job factory already.</exception>
    public static IQuartzBuilder UseDistributedLocks(this IQuartzBuilder quartz) =>
        quartz.UseDistributedLocks<MicrosoftDependencyInjectionJobFactory>();

    /// <summary>
    /// Runs the jobs whose type has a <see cref="UseDistributedLockAttribute"/> under a lock, and has a factory of your own make them. Takes the
    /// place of <c>UseJobFactory</c>, which must not be called as well.
    /// </summary>
    /// <typeparam name="TFactory">The factory of the jobs.</typeparam>
    /// <param name="quartz">The scheduler.</param>
    /// <returns>The same scheduler.</returns>
    /// <exception cref="InvalidOperationException">The scheduler has a job factory already.</exception>
    public static IQuartzBuilder UseDistributedLocks<TFactory>(this IQuartzBuilder quartz)
        where TFactory : class, IJobFactory
    {
        ArgumentNullException.ThrowIfNull(quartz);
        // Of two factories Quartz takes the first, and the attribute would do nothing.
        if (quartz.Services.Any(service => service.ServiceType == typeof(IJobFactory) && (service.ServiceKey as string ?? "") == quartz.SchedulerName))
        {
            throw new InvalidOperationException(
                "The scheduler has a job factory already: leave UseJobFactory out, and call UseDistributedLocks<TFactory>() with that factory.");
        }

        quartz.Services.AddLockClient();
        return quartz.UseJobFactory<LockedJobFactory<TFactory>>();
    }

    /// <summary>The lock that the job runs under.</summary>
    /// <param name="context">The job's context.</param>
    /// <exception cref="InvalidOperationException">The job runs under no lock.</exception>
    public static ILockHandle GetDistributedLock(this IJobExecutionContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (context.JobInstance as LockedJob)?.Handle ?? throw new InvalidOperationException(
            $"The job '{context.JobDetail.Key}' runs under no lock: give its type the attribute UseDistributedLock, and configure its "
            + "scheduler with UseDistributedLocks().");
    }

    /// <summary>The fencing token of the lock that the job runs under.</summary>
    /// <param name="context">The job's context.</param>
    /// <exception cref="InvalidOperationException">The job runs under no lock.</exception>
    public static long FencingToken(this IJobExecutionContext context) => context.GetDistributedLock().FencingToken;
}
