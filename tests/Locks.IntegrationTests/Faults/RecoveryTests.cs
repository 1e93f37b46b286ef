using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Npgsql;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>How long after the end of a fault on the way to a server locks are served again, for a client that asks every 250 ms.</summary>
public sealed class RecoveryTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortHeartbeat = TimeSpan.FromSeconds(5);

    [Fact]
    public Task After20SecondsWithoutANetwork_ServiceIsBackWithinSeconds() => EachIsBackAsync(TimeSpan.FromSeconds(20));

    [Fact]
    public async Task After60SecondsWithoutANetwork_ServiceIsBackWithinSeconds()
    {
        TestServices.SkipUnlessLongFaults();
        await EachIsBackAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Each hole in turn would take long.</summary>
    private static Task EachIsBackAsync(TimeSpan length) => Task.WhenAll(
        Task.Run(() => AHoleToTheBrokerAsync("client", length, heartbeat: null, fixture => fixture.ClientGate)),
        Task.Run(() => AHoleToTheBrokerAsync("client, short heartbeat", length, ShortHeartbeat, fixture => fixture.ClientGate)),
        Task.Run(() => AHoleToTheBrokerAsync("coordinator", length, heartbeat: null, fixture => fixture.CoordinatorGate)),
        Task.Run(() => AHoleToTheBrokerAsync("coordinator, short heartbeat", length, ShortHeartbeat, fixture => fixture.CoordinatorGate)),
        Task.Run(() => AHoleToTheDatabaseAsync(length)));

    private static async Task AHoleToTheBrokerAsync(
        string whose, TimeSpan length, TimeSpan? heartbeat, Func<RabbitMqLockFixture, TcpGate> gateOf)
    {
        await using var fixture = new RabbitMqLockFixture { HasCoordinatorGate = true, BrokerHeartbeat = heartbeat };
        await fixture.StartAsync();
        await IsBackAsync(fixture, gateOf(fixture), length, whose);
    }

    private static async Task AHoleToTheDatabaseAsync(TimeSpan length)
    {
        var server = new NpgsqlConnectionStringBuilder(TestServices.Postgres);
        await using var gate = new TcpGate(server.Host!, server.Port);
        gate.Open();
        await using var fixture = new RabbitMqLockFixture
        {
            Gate = direct => new NpgsqlConnectionStringBuilder(direct) { Host = "127.0.0.1", Port = gate.Port }.ConnectionString,
        };
        await fixture.StartAsync();
        await IsBackAsync(fixture, gate, length, "database");
    }

    private static async Task IsBackAsync(RabbitMqLockFixture fixture, TcpGate gate, TimeSpan length, string whose)
    {
        await using var probe = await LockProbe.StartAsync(fixture);
        gate.Interrupt();
        await Task.Delay(length, TimeProvider.System, TestContext.Current.CancellationToken);
        gate.Restore();
        await LockProbe.IsBackWithinAsync(probe, Bound, $"{length.TotalSeconds} s without a network ({whose})");
    }
}
