using Locks.Compliance.Adapters.Quartz;
using Locks.Testing;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace Locks.Adapters.Tests.Quartz;

/// <summary>Two schedulers, and locks at a time that the test moves.</summary>
internal sealed class SchedulerUnderTest : TwoSchedulers
{
    private readonly LocksUnderTest _app;

    private SchedulerUnderTest(LocksUnderTest app, IScheduler first, IScheduler second)
        : base(app.Get<Runs>(), first, second) => _app = app;

    public ILockTestHarness Locks => _app.Locks;

    public CapturedLogs Logs => _app.Get<CapturedLogs>();

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
        var started = new SchedulerUnderTest(app, await SchedulerAsync("first"), await SchedulerAsync("second"));
        await started.BeginAsync();
        return started;

        async Task<IScheduler> SchedulerAsync(string name) =>
            await app.Services.GetRequiredKeyedService<ISchedulerFactory>(name).GetScheduler();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _app.DisposeAsync();
    }
}
