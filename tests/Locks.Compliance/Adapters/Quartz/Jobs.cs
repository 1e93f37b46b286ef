using System.Collections.Concurrent;
using Locks.Quartz;
using Quartz;

namespace Locks.Compliance.Adapters.Quartz;

/// <summary>The runs of the jobs of one test, each of which the test lets end.</summary>
internal sealed class Runs
{
    private readonly ConcurrentQueue<JobRun> _runs = new();

    public IReadOnlyCollection<JobRun> All => _runs;

    public async Task ExecuteAsync(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var run = new JobRun(context, cancellationToken);
        _runs.Enqueue(run);
        await run.Ended.Task.WaitAsync(run.IgnoresToken ? CancellationToken.None : cancellationToken);
    }
}

/// <summary>One run of a job.</summary>
internal sealed record JobRun(IJobExecutionContext Context, CancellationToken Token)
{
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IgnoresToken => Context.MergedJobDataMap.ContainsKey("ignores the token");
}

[UseDistributedLock("report:{account}")]
internal sealed class SkippingJob(Runs runs) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await runs.ExecuteAsync(context, cancellationToken);
}

[UseDistributedLock("report:{account}", WaitSeconds = 60)]
internal sealed class WaitingJob(Runs runs) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await runs.ExecuteAsync(context, cancellationToken);
}

[UseDistributedLock("report:{account}", WhenBusy = WhenBusy.Reschedule, RescheduleSeconds = 1, MaxReschedules = 1)]
internal sealed class RescheduledOnceJob(Runs runs) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await runs.ExecuteAsync(context, cancellationToken);
}

[UseDistributedLock("report:{account}", WhenBusy = WhenBusy.Reschedule, RescheduleSeconds = 1)]
internal sealed class ReschedulingJob(Runs runs) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await runs.ExecuteAsync(context, cancellationToken);
}

[UseDistributedLock(WhenBusy = WhenBusy.Fail)]
internal sealed class FailingJob(Runs runs) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await runs.ExecuteAsync(context, cancellationToken);
}

[UseDistributedLock("report:{account}", HoldAtLeastSeconds = 10)]
internal sealed class CoolingJob : IJob
{
    public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) => default;
}

internal sealed class UnlockedJob(Runs runs) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await runs.ExecuteAsync(context, cancellationToken);
}
