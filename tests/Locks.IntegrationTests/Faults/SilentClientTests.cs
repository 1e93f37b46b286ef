using Locks.Coordinator.Domain;
using Locks.Coordinator.Sessions;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>Client processes that die while they wait in line.</summary>
public sealed class SilentClientTests
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task AClientThatIsKilledWithAThousandWaiters_CostsWhoStandsBehindThemNoConfirmationWindow()
    {
        const int callers = 1_000;
        await using var world = new RabbitMqLockWorld();
        await world.StartWithoutCoordinatorAsync();
        var coordinator = await world.StartCoordinatorAsync();
        var holder = await world.NewClient().TryAcquireAsync("a", LongWait);
        await using var crowd = TestProcess.Crowd(world.QueueName, "a", callers, heartbeatSeconds: 1);
        await crowd.FirstLine;
        await Eventually.HoldsAsync(async () => (await world.LookAsync("a"))!.Waiters.Count == callers);
        var waiting = world.NewClient().AcquireAsync("a", LongWait, LongWait);
        await Eventually.HoldsAsync(async () => (await world.LookAsync("a"))!.Waiters.Count == callers + 1);
        var line = (await world.LookAsync("a"))!.Waiters;
        var sessions = coordinator.Services.GetRequiredService<ClientSessions>();
        Assert.False(sessions.IsSilent(line.Head!));

        crowd.Kill();
        await Eventually.HoldsAsync(() => sessions.IsSilent(line.Head!));
        Assert.False(sessions.IsSilent(line.Last!));
        var releasing = TimeProvider.System.GetTimestamp();
        Assert.True(await holder!.ReleaseAsync());

        await using var handle = await waiting;
        Assert.True(TimeProvider.System.GetElapsedTime(releasing) < new LockRulesLimits().ConfirmationWindow);
        Assert.Equal(0, (await world.LookAsync("a"))!.Waiters.Count);
    }
}
