using Hangfire;
using Hangfire.States;
using Locks.Client;
using Locks.Compliance.Adapters.Hangfire;
using Locks.Hangfire;
using Locks.Testing;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Adapters.Tests.Hangfire;

/// <summary>Jobs of Hangfire's own server and in-memory storage, under locks.</summary>
[Collection(InMemoryHangfireTests.OneAtATime)]
public sealed class LockedJobTests(HangfireUnderTest app) : IClassFixture<HangfireUnderTest>
{
    private readonly string _account = $"{Guid.CreateVersion7():N}";

    private string Key => $"report:{_account}";

    [Fact]
    public async Task TheLock_HasItsKeyFromTheJobsArguments_AndIsRenewedWhileTheJobRuns()
    {
        var job = app.Enqueue(() => ReportJobs.Fail(_account, null!, CancellationToken.None));
        var performance = await PerformanceAsync();

        await app.Locks.AdvanceAsync(TimeSpan.FromMinutes(2));

        await app.Locks.ShouldBeHeldAsync(Key, by: "me");
        Assert.Equal(app.Locks.Look(Key).Holder!.FencingToken, performance.Context.FencingToken());
        Assert.Equal(Key, performance.Context.GetDistributedLock().Key);
        Assert.False(performance.Token.IsCancellationRequested);
        performance.Ended.SetResult();
        await app.BecomesAsync(job, SucceededState.StateName);
        await app.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task AJobWhoseLockIsBusy_Fails_WithTheHolder()
    {
        await using var busy = await app.Locks.BusyAsync(Key, owner: "another server");

        var job = app.Enqueue(() => ReportJobs.Fail(_account, null!, CancellationToken.None));

        await app.BecomesAsync(job, FailedState.StateName);
        Assert.Contains(nameof(LockBusyException), app.StateOf(job).Data["ExceptionType"], StringComparison.Ordinal);
        Assert.Contains("another server", app.StateOf(job).Data["ExceptionMessage"], StringComparison.Ordinal);
        Assert.Empty(ReportJobs.Of(_account));
    }

    [Fact]
    public async Task AJobThatIsSkipped_IsDeleted()
    {
        await using var busy = await app.Locks.BusyAsync(Key, owner: "another server");

        var job = app.Enqueue(() => ReportJobs.Skip(_account, null!, CancellationToken.None));

        await app.BecomesAsync(job, DeletedState.StateName);
        Assert.Contains(app.Logs.Lines, line => line.Contains($"Skipped job {job}: another server holds", StringComparison.Ordinal));
        Assert.Empty(ReportJobs.Of(_account));
    }

    [Fact]
    public async Task AJobThatWaits_IsPerformedAfterTheOther()
    {
        app.Enqueue(() => ReportJobs.Wait(_account, null!, CancellationToken.None));
        var first = await PerformanceAsync();
        var second = app.Enqueue(() => ReportJobs.Wait(_account, null!, CancellationToken.None));
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);

        first.Ended.SetResult();

        (await PerformanceAsync(2)).Ended.SetResult();
        await app.BecomesAsync(second, SucceededState.StateName);
    }

    [Fact]
    public async Task AJobThatIsRescheduled_IsPerformedWhenTheLockIsFree()
    {
        var busy = await app.Locks.BusyAsync(Key);
        var job = app.Enqueue(() => ReportJobs.Reschedule(_account, null!, CancellationToken.None));
        await app.BecomesAsync(job, ScheduledState.StateName);

        await busy.ReleaseAsync();

        (await PerformanceAsync()).Ended.SetResult();
        await app.BecomesAsync(job, SucceededState.StateName);
        Assert.Contains(app.StatesOf(job), state => state.Reason?.StartsWith("Reschedule 1 of 100: The lock", StringComparison.Ordinal) is true);
    }

    [Fact]
    public async Task AJobThatWasRescheduledAsOftenAsItMay_Fails()
    {
        await using var busy = await app.Locks.BusyAsync(Key);

        var job = app.Enqueue(() => ReportJobs.RescheduleOnce(_account, null!, CancellationToken.None));

        await app.BecomesAsync(job, FailedState.StateName);
        Assert.Single(app.StatesOf(job), state => state.Name == ScheduledState.StateName);
        Assert.Contains(nameof(LockBusyException), app.StateOf(job).Data["ExceptionType"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLossOfTheLock_FailsTheJob_AndFiresItsToken()
    {
        var job = app.Enqueue(() => ReportJobs.Fail(_account, null!, CancellationToken.None));
        var performance = await PerformanceAsync();
        var lost = performance.Context.GetDistributedLock().Lost;

        await app.Locks.LoseAsync(Key);

        await Eventually.FiresAsync(lost);
        await Eventually.FiresAsync(performance.Token);
        await app.BecomesAsync(job, FailedState.StateName);
        Assert.Contains(nameof(LockLostException), app.StateOf(job).Data["ExceptionType"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheLossOfTheLock_EndsASynchronousJob()
    {
        var job = app.Enqueue(() => ReportJobs.Synchronous(_account, null!, JobCancellationToken.Null));
        await PerformanceAsync();

        await app.Locks.LoseAsync(Key);

        await app.BecomesAsync(job, FailedState.StateName);
        await app.Locks.ShouldBeFreeAsync(Key);
        Assert.Contains(nameof(LockLostException), app.StateOf(job).Data["ExceptionType"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task AJobThatEndsWellInSpiteOfTheLoss_HasFailed_WithAWarning()
    {
        var job = app.Enqueue(() => ReportJobs.IgnoreToken(_account, null!));
        var performance = await PerformanceAsync();
        await app.Locks.LoseAsync(Key);
        await app.BecomesAsync(job, FailedState.StateName);

        performance.Ended.SetResult();

        await Eventually.HoldsAsync(() => app.Logs.Lines.Any(
            line => line.Contains($"job {job} was performed to its end in spite of it", StringComparison.Ordinal)));
        Assert.Equal(FailedState.StateName, app.StateOf(job).Name);
    }

    [Fact]
    public async Task WithoutACoordinator_NoJobIsPerformed()
    {
        using (app.Locks.Unreachable())
        {
            var job = app.Enqueue(() => ReportJobs.Fail(_account, null!, CancellationToken.None));
            await app.BecomesAsync(job, FailedState.StateName);
            Assert.Contains(nameof(LockUnavailableException), app.StateOf(job).Data["ExceptionType"], StringComparison.Ordinal);
        }

        Assert.Empty(ReportJobs.Of(_account));
    }

    [Fact]
    public async Task AKeyThatDoesNotFitTheJob_FailsIt()
    {
        var job = app.Enqueue(() => ReportJobs.NoSuchArgument(_account));

        await app.BecomesAsync(job, FailedState.StateName);

        Assert.Contains("The key 'report:{2}' of a lock does not fit", app.StateOf(job).Data["ExceptionMessage"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAKey_TheJobsTypeAndMethodAreTheKey()
    {
        app.Enqueue(() => ReportJobs.Unnamed(_account, null!));
        var performance = await PerformanceAsync();

        await app.Locks.ShouldBeHeldAsync("Locks.Compliance.Adapters.Hangfire.ReportJobs.Unnamed", by: "me");
        performance.Ended.SetResult();
    }

    [Fact]
    public async Task AJobWithoutTheAttribute_HasNoLock()
    {
        app.Enqueue(() => ReportJobs.Unlocked(_account, null!));
        var performance = await PerformanceAsync();

        Assert.Throws<InvalidOperationException>(() => performance.Context.GetDistributedLock());
        performance.Ended.SetResult();
    }

    [Fact]
    public void AnAttributeThatIsOutOfRange_IsRefused()
    {
        Refused("WaitSeconds", "0 and 86400", new UseDistributedLockAttribute { WaitSeconds = -1 });
        Refused("RescheduleSeconds", "1 and 86400", new UseDistributedLockAttribute { RescheduleSeconds = 0 });
        Refused("MaxReschedules", "1 and 10000", new UseDistributedLockAttribute { MaxReschedules = 10_001 });
        Refused("LeaseSeconds", "0 and 86400", new UseDistributedLockAttribute { LeaseSeconds = 86_401 });
        Refused("MaxHoldSeconds", "0 and 2592000", new UseDistributedLockAttribute { MaxHoldSeconds = 2_592_001 });
        Refused("MaxHold", "the lease, which is 00:01:00", new UseDistributedLockAttribute { LeaseSeconds = 60, MaxHoldSeconds = 59 });
        Refused("Owner", "256", new UseDistributedLockAttribute { Owner = new string('o', 257) });

        static void Refused(string field, string limit, UseDistributedLockAttribute attribute)
        {
            var message = Assert.ThrowsAny<ArgumentException>(() => new JobLock(attribute)).Message;
            Assert.Contains(field, message, StringComparison.Ordinal);
            Assert.Contains(limit, message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void WithoutALockClient_TheConfigurationIsRefused()
    {
        using var services = new ServiceCollection().BuildServiceProvider();

        Assert.Throws<InvalidOperationException>(() => GlobalConfiguration.Configuration.UseDistributedLocks(services));
    }

    private Task<Performance> PerformanceAsync(int number = 1) => HangfireUnderTest.PerformanceAsync(_account, number);
}
