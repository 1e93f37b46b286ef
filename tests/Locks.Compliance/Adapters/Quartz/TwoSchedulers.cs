using System.Collections.Concurrent;
using Locks.TestKit;
using Quartz;

namespace Locks.Compliance.Adapters.Quartz;

/// <summary>Two schedulers with a job store each, as two instances of an application have them.</summary>
internal class TwoSchedulers(Runs runs, IScheduler first, IScheduler second) : IAsyncDisposable, IJobListener
{
    private readonly ConcurrentQueue<Exception?> _ends = new();

    public string Name => "ends";

    public Runs Runs => runs;

    public IScheduler First => first;

    public IScheduler Second => second;

    /// <summary>The jobs that have ended, skipped ones too, with what they failed with.</summary>
    public IReadOnlyCollection<Exception?> Ends => _ends;

    public async Task BeginAsync()
    {
        foreach (var scheduler in new[] { first, second })
        {
            scheduler.ListenerManager.AddJobListener(this);
            await scheduler.Start();
        }
    }

    /// <summary>Triggers a job, once.</summary>
    public static async Task TriggerAsync<TJob>(IScheduler scheduler, string account = "42", bool ignoresToken = false)
        where TJob : IJob
    {
        var data = new JobDataMap { ["account"] = account };
        if (ignoresToken)
            data["ignores the token"] = "yes";
        await scheduler.ScheduleJob(
            JobBuilder.Create<TJob>().WithIdentity(typeof(TJob).Name, "reports").UsingJobData(data).Build(), TriggerBuilder.Create().StartNow().Build());
    }

    /// <summary>The run of that number, once it has begun.</summary>
    public async Task<JobRun> RunAsync(int number = 1)
    {
        await Eventually.HoldsAsync(() => Runs.All.Count >= number);
        return Runs.All.ElementAt(number - 1);
    }

    /// <summary>How the job of that number has ended.</summary>
    public async Task<Exception?> EndAsync(int number = 1)
    {
        await Eventually.HoldsAsync(() => Ends.Count >= number);
        return Ends.ElementAt(number - 1);
    }

    public ValueTask JobToBeExecuted(IJobExecutionContext context, CancellationToken cancellationToken = default) => default;

    public ValueTask JobExecutionVetoed(IJobExecutionContext context, CancellationToken cancellationToken = default) => default;

    public ValueTask JobWasExecuted(
        IJobExecutionContext context, JobExecutionException? jobException, CancellationToken cancellationToken = default)
    {
        _ends.Enqueue(jobException?.GetBaseException());
        return default;
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var run in Runs.All)
            run.Ended.TrySetResult();
        foreach (var scheduler in new[] { first, second })
            await scheduler.Shutdown(waitForJobsToComplete: true);
    }
}
