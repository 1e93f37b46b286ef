using System.Collections.Concurrent;
using Locks.Testing;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Locks.Adapters.Tests.Quartz;

/// <summary>Two schedulers with a job store each, as two instances of an application have them.</summary>
internal sealed class SchedulerUnderTest : IAsyncDisposable, IJobListener
{
    private readonly LocksUnderTest _app;
    private readonly IReadOnlyList<IScheduler> _schedulers;
    private readonly ConcurrentQueue<Exception?> _ends = new();

    private SchedulerUnderTest(LocksUnderTest app, IReadOnlyList<IScheduler> schedulers) => (_app, _schedulers) = (app, schedulers);

    public string Name => "ends";

    public ILockTestHarness Locks => _app.Locks;

    public Runs Runs => _app.Get<Runs>();

    public CapturedLogs Logs => _app.Get<CapturedLogs>();

    public IScheduler First => _schedulers[0];

    public IScheduler Second => _schedulers[1];

    /// <summary>The jobs that have ended, skipped ones too, with what they failed with.</summary>
    public IReadOnlyCollection<Exception?> Ends => _ends;

    public static async Task<SchedulerUnderTest> StartAsync()
    {
        var logs = new CapturedLogs();
        var app = await LocksUnderTest.StartAsync(services => services
            .AddSingleton<Runs>()
            .AddSingleton(logs)
            .AddLogging(logging => logging.AddProvider(logs))
            .AddLockClient(client => client.Owner = "me")
            .AddQuartz("first", quartz => quartz.UseDistributedLocks())
            .AddQuartz("second", quartz => quartz.UseDistributedLocks()));
        var schedulers = new List<IScheduler>();
        foreach (var name in new[] { "first", "second" })
            schedulers.Add(await app.Services.GetRequiredKeyedService<ISchedulerFactory>(name).GetScheduler());
        var started = new SchedulerUnderTest(app, schedulers);
        foreach (var scheduler in schedulers)
        {
            scheduler.ListenerManager.AddJobListener(started);
            await scheduler.Start();
        }

        return started;
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

    public async ValueTask DisposeAsync()
    {
        foreach (var run in Runs.All)
            run.Ended.TrySetResult();
        foreach (var scheduler in _schedulers)
            await scheduler.Shutdown(waitForJobsToComplete: true);
        await _app.DisposeAsync();
    }
}
