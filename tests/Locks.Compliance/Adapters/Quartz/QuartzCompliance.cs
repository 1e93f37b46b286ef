using Locks.Client;
using Microsoft.Extensions.DependencyInjection;
using Quartz;
using Xunit;
using static Locks.Compliance.Adapters.Quartz.TwoSchedulers;

namespace Locks.Compliance.Adapters.Quartz;

/// <summary>Jobs of Quartz.NET's own schedulers in two instances of an application, on every transport and store.</summary>
/// <param name="locks">The transport and the store.</param>
public abstract class QuartzCompliance(LocksSubject locks)
{
    private readonly string _account = $"{Guid.CreateVersion7():N}";

    private string Key => $"report:{_account}";

    [Fact]
    public async Task OfTwoInstances_OneRunsTheJob_UnderALockThatIsRenewed_AndTheOtherSkipsIt()
    {
        await using var app = await StartAsync();
        await TriggerAsync<SkippingJob>(app.First, _account);
        var run = await app.RunAsync();
        await locks.IsRenewedAsync(Key, run.Context.FencingToken());

        await TriggerAsync<SkippingJob>(app.Second, _account);

        Assert.Null(await app.EndAsync());
        Assert.Same(run, Assert.Single(app.Runs.All));
        Assert.False(run.Token.IsCancellationRequested);
        run.Ended.SetResult();
        Assert.Null(await app.EndAsync(2));
        await locks.IsFreeAsync(Key);
    }

    [Fact]
    public async Task AJobThatWaits_RunsAfterTheOther()
    {
        await using var app = await StartAsync();
        await TriggerAsync<WaitingJob>(app.First, _account);
        var run = await app.RunAsync();
        await TriggerAsync<WaitingJob>(app.Second, _account);
        await locks.HasWaitersAsync(Key, 1);
        Assert.Single(app.Runs.All);

        run.Ended.SetResult();

        (await app.RunAsync(2)).Ended.SetResult();
        Assert.Null(await app.EndAsync(2));
    }

    [Fact]
    public async Task AJobThatIsRescheduled_RunsWhenTheLockIsFree()
    {
        await using var app = await StartAsync();
        var busy = await locks.Other.AcquireAsync(Key, TimeSpan.Zero);
        await TriggerAsync<ReschedulingJob>(app.First, _account);
        Assert.Null(await app.EndAsync());
        Assert.Empty(app.Runs.All);

        await busy.ReleaseAsync();

        await app.RunAsync();
    }

    [Fact]
    public async Task TheLossOfTheLock_FiresTheJobsToken_AndFailsTheJob()
    {
        await using var app = await StartAsync();
        await TriggerAsync<SkippingJob>(app.First, _account);
        var run = await app.RunAsync();

        await locks.LoseAsync(Key);

        var failure = Assert.IsType<LockLostException>(await app.EndAsync());
        Assert.Equal((Key, LockLossReason.Revoked), (failure.Key, failure.Loss?.Reason));
        Assert.True(run.Token.IsCancellationRequested);
    }

    private async Task<TwoSchedulers> StartAsync()
    {
        var runs = new Runs();
        var app = new TwoSchedulers(runs, await SchedulerAsync("first"), await SchedulerAsync("second"));
        await app.BeginAsync();
        return app;

        async Task<IScheduler> SchedulerAsync(string instance) => await locks
            .NewApplication(services => services.AddSingleton(runs).AddQuartz($"{instance}-{_account}", quartz => quartz.UseDistributedLocks()))
            .GetRequiredKeyedService<ISchedulerFactory>($"{instance}-{_account}").GetScheduler();
    }
}
