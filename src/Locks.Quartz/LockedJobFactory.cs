using System.Collections.Concurrent;
using System.Reflection;
using Locks.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;
using Quartz.Extensibility;

namespace Locks.Quartz;

/// <summary>Has another factory make the jobs, and puts the lock around those whose type has the attribute.</summary>
internal sealed class LockedJobFactory<TFactory>(IServiceProvider services, TimeProvider time, ILoggerFactory logs) : IJobFactory
    where TFactory : class, IJobFactory
{
    private readonly TFactory _jobs = ActivatorUtilities.CreateInstance<TFactory>(services);
    private readonly ILogger _log = logs.CreateLogger("Locks.Quartz");
    private readonly ConcurrentDictionary<Type, JobLock?> _locks = new();

    /// <summary>Not an async method, which would take away what the factory puts into the flow of control for the job.</summary>
    public ValueTask<JobScope> CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken = default)
    {
        var how = _locks.GetOrAdd(bundle.JobDetail.JobType.Type, ReadLock);
        var creating = _jobs.CreateJob(bundle, scheduler, cancellationToken);
        if (how is null)
            return creating;
        return creating.IsCompletedSuccessfully ? new ValueTask<JobScope>(Locked(creating.Result, how)) : LockedAsync(creating, how);
    }

    public ValueTask ReturnJob(JobScope scope, CancellationToken cancellationToken = default) =>
        _jobs.ReturnJob(scope.Job is LockedJob locked ? locked.Scope : scope, cancellationToken);

    private async ValueTask<JobScope> LockedAsync(ValueTask<JobScope> creating, JobLock how) =>
        Locked(await creating.ConfigureAwait(false), how);

    private JobScope Locked(JobScope scope, JobLock how) =>
        new(new LockedJob(scope, how, services.GetRequiredService<ILockClient>(), time, _log));

    private static JobLock? ReadLock(Type job) =>
        job.GetCustomAttribute<UseDistributedLockAttribute>() is { } attribute ? new JobLock(attribute) : null;
}
