using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>How long after a fault of the broker locks are served again, for a client that asks every 250 ms.</summary>
[Collection(nameof(BrokerNodes))]
public sealed class BrokerRecoveryTests(SingleBroker singleBroker)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BoundOfARestart = TimeSpan.FromSeconds(10);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AfterEachFaultOfTheBroker_ServiceIsBackWithinSeconds()
    {
        var broker = await singleBroker.StartedAsync();
        await using var fixture = new RabbitMqLockFixture { Broker = broker.Addresses[0] };
        await fixture.StartAsync();
        await fixture.StartCoordinatorAsync();
        await using var probe = await LockProbe.StartAsync(fixture);

        await broker.CloseConnectionsAsync();
        await LockProbe.IsBackWithinAsync(probe, Bound, "connections closed by the administrator");

        await broker.ControlAsync(0, "set_vm_memory_high_watermark", "absolute", "1MB");
        await Task.Delay(TimeSpan.FromSeconds(10), TimeProvider.System, Cancel);
        await broker.ControlAsync(0, "set_vm_memory_high_watermark", "absolute", "2GB");
        await LockProbe.IsBackWithinAsync(probe, Bound, "a memory alarm");

        await broker.ControlAsync(0, "stop_app");
        await Task.Delay(TimeSpan.FromSeconds(15), TimeProvider.System, Cancel);
        await broker.ControlAsync(0, "start_app");
        await LockProbe.IsBackWithinAsync(probe, BoundOfARestart, "a stop and a start of the broker");

        await broker.KillAsync(0);
        await broker.ReviveAsync(0);
        await LockProbe.IsBackWithinAsync(probe, BoundOfARestart, "a kill and a start of the broker");
    }
}
