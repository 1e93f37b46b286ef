using Locks.Client;
using Locks.Compliance.Adapters.Quartz;
using Locks.Quartz;
using Locks.Testing;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using Quartz.Impl;
using Xunit;
using static Locks.Adapters.Tests.Quartz.SchedulerUnderTest;
using static Locks.Compliance.Adapters.Quartz.TwoSchedulers;

namespace Locks.Adapters.Tests.Quartz;

/// <summary>Jobs of Quartz.NET's own schedulers, under locks.</summary>
public sealed class LockedJobTests
{
    private const string Key = "report:42";

    [Fact]
    public async Task OfTwoSchedulers_OneRunsTheJob_AndTheOtherSkipsIt()
    {
        await using var app = await StartAsync();
        await TriggerAsync<SkippingJob>(app.First);
        var run = await app.RunAsync();

        await TriggerAsync<SkippingJob>(app.Second);
        await TriggerAsync<UnlockedJob>(app.Second, account: "ignored");

        Assert.Null(await app.EndAsync());
        await Eventually.HoldsAsync(() => app.Logs.Lines.Any(line => line.Contains("Skipped job reports.SkippingJob: me holds", StringComparison.Ordinal)));
        var unlocked = (await app.RunAsync(2)).Context;
        Assert.IsType<UnlockedJob>(unlocked.JobInstance);
        Assert.Throws<InvalidOperationException>(() => unlocked.GetDistributedLock());
        run.Ended.SetResult();
        Assert.Null(await app.EndAsync(2));
        await app.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task TheLock_HasItsKeyFromTheJobsData_AndIsRenewedWhileTheJobRuns()
    {
        await using var app = await StartAsync();
        await TriggerAsync<SkippingJob>(app.First);
        var run = await app.RunAsync();

        await app.Locks.AdvanceAsync(TimeSpan.FromMinutes(2));

        await app.Locks.ShouldBeHeldAsync(Key, by: "me");
        Assert.Equal(app.Locks.Look(Key).Holder!.FencingToken, run.Context.FencingToken());
        Assert.Equal(Key, run.Context.GetDistributedLock().Key);
        Assert.False(run.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task AShortJob_MayKeepTheLockFromOthersForLonger()
    {
        await using var app = await StartAsync();
        await TriggerAsync<CoolingJob>(app.First);
        Assert.Null(await app.EndAsync());
        await app.Locks.ShouldHaveReleasedAsync(Key, by: "me");

        await TriggerAsync<SkippingJob>(app.Second);
        Assert.Null(await app.EndAsync(2));
        Assert.Empty(app.Runs.All);

        await app.Locks.AdvanceAsync(TimeSpan.FromSeconds(10));
        await TriggerAsync<SkippingJob>(app.First);
        await app.RunAsync();
    }

    [Fact]
    public async Task AJobThatIsRescheduled_RunsWhenTheLockIsFree()
    {
        await using var app = await StartAsync();
        var busy = await app.Locks.BusyAsync(Key, owner: "another instance");
        await TriggerAsync<ReschedulingJob>(app.First);
        Assert.Null(await app.EndAsync());
        Assert.Empty(app.Runs.All);

        await busy.ReleaseAsync();

        var run = await app.RunAsync();
        Assert.Equal("42", run.Context.MergedJobDataMap.GetString("account"));
        Assert.Contains(app.Logs.Lines, line => line.Contains("reschedule 1: another instance holds", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AJobThatWasRescheduledAsOftenAsItMay_Fails()
    {
        await using var app = await StartAsync();
        await using var busy = await app.Locks.BusyAsync(Key);
        await TriggerAsync<RescheduledOnceJob>(app.First);

        var failure = Assert.IsType<LockBusyException>(await app.EndAsync(2));

        Assert.Equal(Key, failure.Key);
        Assert.Single(app.Logs.Lines, line => line.Contains("is triggered once more in 00:00:01", StringComparison.Ordinal));
        Assert.Empty(app.Runs.All);
    }

    [Fact]
    public async Task AJobThatDoesNotWait_FailsWithTheHolder()
    {
        await using var app = await StartAsync();
        await using var busy = await app.Locks.BusyAsync("reports.FailingJob", owner: "another instance");
        await TriggerAsync<FailingJob>(app.First);

        var failure = Assert.IsType<LockBusyException>(await app.EndAsync());

        Assert.Equal("another instance", failure.Holder?.Owner);
    }

    [Fact]
    public async Task TheLossOfTheLock_FiresTheJobsToken_AndFailsTheJob()
    {
        await using var app = await StartAsync();
        await TriggerAsync<SkippingJob>(app.First);
        var run = await app.RunAsync();
        Assert.Equal(run.Context.CancellationToken, run.Token);

        await app.Locks.LoseAsync(Key);

        var failure = Assert.IsType<LockLostException>(await app.EndAsync());
        Assert.Equal((Key, LockLossReason.Revoked), (failure.Key, failure.Loss?.Reason));
        Assert.True(run.Token.IsCancellationRequested);
    }

    [Fact]
    public async Task AJobThatEndsWellInSpiteOfTheLoss_Succeeds_WithAWarning()
    {
        await using var app = await StartAsync();
        await TriggerAsync<SkippingJob>(app.First, ignoresToken: true);
        var run = await app.RunAsync();
        await app.Locks.LoseAsync(Key);
        await Eventually.FiresAsync(run.Token);

        run.Ended.SetResult();

        Assert.Null(await app.EndAsync());
        Assert.Contains(app.Logs.Lines, line => line.Contains("ran to its end in spite of it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AJobThatIsInterruptedOtherwise_IsNoLoss()
    {
        await using var app = await StartAsync();
        await TriggerAsync<SkippingJob>(app.First);
        await app.RunAsync();

        await app.First.Interrupt(new JobKey(nameof(SkippingJob), "reports"));

        Assert.Null(await app.EndAsync());
        await app.Locks.ShouldBeFreeAsync(Key);
    }

    [Fact]
    public async Task WithoutACoordinator_NoJobRuns()
    {
        await using var app = await StartAsync();
        using (app.Locks.Unreachable())
        {
            await TriggerAsync<SkippingJob>(app.First);
            Assert.IsType<LockUnavailableException>(await app.EndAsync());
        }

        Assert.Empty(app.Runs.All);
    }

    [Fact]
    public async Task AKeyThatCannotBe_FailsTheJob()
    {
        await using var app = await StartAsync();
        await TriggerAsync<SkippingJob>(app.First, account: "");
        await TriggerAsync<SkippingJob>(app.Second, account: new string('a', 600));

        string[] problems = [(await app.EndAsync())!.Message, (await app.EndAsync(2))!.Message];

        Assert.Contains(problems, problem => problem.Contains("its key names 'account'", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.Contains("its Key", StringComparison.Ordinal));
    }

    [Fact]
    public void AnAttributeThatIsOutOfRange_IsRefused()
    {
        Refused("WaitSeconds", "0 and 86400", new UseDistributedLockAttribute { WaitSeconds = -1 });
        Refused("RescheduleSeconds", "1 and 86400", new UseDistributedLockAttribute { RescheduleSeconds = 0 });
        Refused("MaxReschedules", "1 and 10000", new UseDistributedLockAttribute { MaxReschedules = 10_001 });
        Refused("LeaseSeconds", "0 and 86400", new UseDistributedLockAttribute { LeaseSeconds = 86_401 });
        Refused("HoldAtLeastSeconds", "0 and 86400", new UseDistributedLockAttribute { HoldAtLeastSeconds = -1 });
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
    public void ASchedulerThatHasAFactory_IsRefused()
    {
        var services = new ServiceCollection();

        var refused = Assert.Throws<InvalidOperationException>(() => services.AddQuartz(
            quartz => quartz.UseJobFactory<MicrosoftDependencyInjectionJobFactory>().UseDistributedLocks()));

        Assert.Contains("UseDistributedLocks<TFactory>()", refused.Message, StringComparison.Ordinal);
    }
}
