using Locks.Client;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Liveness;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>Clients that die, or are cut off, while they wait in the queue.</summary>
public sealed class SilentClientTests
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task AClientThatIsKilledWithAThousandWaiters_CostsWhoStandsBehindThemNoConfirmationWindow()
    {
        const int callers = 1_000;
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        var coordinator = await fixture.StartCoordinatorAsync();
        var holder = await fixture.NewClient().TryAcquireAsync("a", LongWait);
        await using var waiters = TestProcess.Waiters(fixture.QueueName, "a", callers, heartbeatSeconds: 1);
        await waiters.FirstLine;
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == callers);
        var waiting = fixture.NewClient().AcquireAsync("a", LongWait, LongWait);
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == callers + 1);
        var queue = (await fixture.LookAsync("a"))!.Waiters;
        var sessions = coordinator.Services.GetRequiredService<SessionLiveness>();
        Assert.False(sessions.Silence.IsSilent(queue.Head!));

        waiters.Kill();
        await Eventually.HoldsAsync(() => sessions.Silence.IsSilent(queue.Head!));
        Assert.False(sessions.Silence.IsSilent(queue.Last!));
        var releasing = TimeProvider.System.GetTimestamp();
        Assert.True(await holder!.ReleaseAsync());

        await using var handle = await waiting;
        Assert.True(TimeProvider.System.GetElapsedTime(releasing) < new LockRulesLimits().ConfirmationWindow);
        Assert.Equal(0, (await fixture.LookAsync("a"))!.Waiters.Count);
    }

    [Fact]
    public async Task AClientThatIsCutOffWhenItIsGrantedTheLock_Resends_WhenItsQueueIsThereAgain()
    {
        await using var gate = TestServices.OpenGateToRabbitMq(out var broker);
        await using var fixture = new RabbitMqLockFixture();
        // Within the window nothing but the client's own question brings the grant to it.
        await fixture.StartAsync(options => options.Limits = options.Limits with { ConfirmationWindow = TimeSpan.FromMinutes(5) });
        using var host = await StartClientAsync(fixture.QueueName, broker);
        var holder = await fixture.NewClient().TryAcquireAsync("a", LongWait);
        var waiting = host.Services.GetRequiredService<ILockClient>().AcquireAsync("a", LongWait, LongWait);
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 1);

        gate.Close();
        Assert.True(await holder!.ReleaseAsync());
        var granted = (await fixture.LookAsync("a"))!.Holder!;
        gate.Open();

        // The bus takes its time to connect again.
        await using var handle = await waiting.WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System);
        Assert.Equal(granted.FencingToken, handle.FencingToken);
        await handle.ReleaseAsync();
        await host.StopAsync();
    }

    private static async Task<IHost> StartClientAsync(string queue, Uri broker)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.Services.AddMassTransit(bus => bus.UsingRabbitMq((_, rabbit) => rabbit.Host(broker)));
        builder.Services.AddLockClient(options => options.QueueName = queue);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
