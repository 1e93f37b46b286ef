using System.Collections.Concurrent;
using Hangfire;
using Hangfire.Server;
using Locks.Hangfire;

namespace Locks.Compliance.Adapters.Hangfire;

/// <summary>One performance of a job, which the test lets end.</summary>
public sealed record Performance(string Account, PerformContext Context, CancellationToken Token)
{
    public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Jobs that are performed until their test lets them end.</summary>
[AutomaticRetry(Attempts = 0)]
public static class ReportJobs
{
    private static readonly ConcurrentQueue<Performance> Performances = new();

    public static IReadOnlyCollection<Performance> Of(string account) => [.. Performances.Where(performance => performance.Account == account)];

    [UseDistributedLock("report:{0}")]
    public static Task Fail(string account, PerformContext context, CancellationToken cancellationToken) =>
        PerformAsync(account, context, cancellationToken);

    [UseDistributedLock("report:{0}", WhenBusy = WhenBusy.Skip)]
    public static Task Skip(string account, PerformContext context, CancellationToken cancellationToken) =>
        PerformAsync(account, context, cancellationToken);

    [UseDistributedLock("report:{0}", WaitSeconds = 60)]
    public static Task Wait(string account, PerformContext context, CancellationToken cancellationToken) =>
        PerformAsync(account, context, cancellationToken);

    [UseDistributedLock("report:{0}", WhenBusy = WhenBusy.Reschedule, RescheduleSeconds = 1, MaxReschedules = 1)]
    public static Task RescheduleOnce(string account, PerformContext context, CancellationToken cancellationToken) =>
        PerformAsync(account, context, cancellationToken);

    [UseDistributedLock("report:{0}", WhenBusy = WhenBusy.Reschedule, RescheduleSeconds = 1)]
    public static Task Reschedule(string account, PerformContext context, CancellationToken cancellationToken) =>
        PerformAsync(account, context, cancellationToken);

    [UseDistributedLock("report:{0}")]
    public static Task IgnoreToken(string account, PerformContext context) => PerformAsync(account, context, CancellationToken.None);

    [UseDistributedLock("report:{0}")]
    public static void Synchronous(string account, PerformContext context, IJobCancellationToken token)
    {
        var performance = new Performance(account, context, token.ShutdownToken);
        Performances.Enqueue(performance);
        performance.Token.WaitHandle.WaitOne();
        token.ThrowIfCancellationRequested();
    }

    [UseDistributedLock("report:{2}")]
    public static Task NoSuchArgument(string account) => Task.FromResult(account);

    [UseDistributedLock]
    public static Task Unnamed(string account, PerformContext context) => PerformAsync(account, context, CancellationToken.None);

    public static Task Unlocked(string account, PerformContext context) => PerformAsync(account, context, CancellationToken.None);

    private static Task PerformAsync(string account, PerformContext context, CancellationToken cancellationToken)
    {
        var performance = new Performance(account, context, cancellationToken);
        Performances.Enqueue(performance);
        return performance.Ended.Task.WaitAsync(cancellationToken);
    }
}
