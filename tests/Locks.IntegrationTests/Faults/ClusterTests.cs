using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>A cluster of three RabbitMQ nodes, and queues that are replicated over them.</summary>
[Collection(nameof(BrokerNodes))]
public sealed class ClusterTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task ANodeThatIsKilled_LetsNoTwoHoldALock_AndServiceIsBackWithinSeconds()
    {
        await using var brokers = await BrokerNodes.StartAsync(TestServices.Folder, 3);
        await using var fixture = new RabbitMqLockFixture
        {
            Broker = brokers.Addresses[0],
            ClusterNodes = brokers.Addresses,
            BrokerHeartbeat = TimeSpan.FromSeconds(5),
        };
        await fixture.StartAsync(options => options.Durability = QueueDurability.Quorum);
        await fixture.StartCoordinatorAsync(options => options.Durability = QueueDurability.Quorum);
        // The common one, two partitions', and that of queries.
        Assert.Equal(4, (await QuorumQueuesAsync()).Count());
        await using var probe = await LockProbe.StartAsync(fixture);
        await using var load = new Load(fixture.NewClient(), fixture.NewClient());

        // Clients and coordinators connect to the first node first, and queues have their leaders where they were declared.
        await brokers.KillAsync(0);

        await LockProbe.IsBackWithinAsync(probe, Bound, "a node of the cluster was killed");
        await load.EndAsync();

        async Task<IEnumerable<string>> QuorumQueuesAsync() =>
            (await brokers.ControlAsync(0, "list_queues", "--no-table-headers", "name", "type")).Split('\n')
                .Where(line => line.StartsWith(fixture.QueueName, StringComparison.Ordinal))
                .Where(line => line.EndsWith("quorum", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AQueueOfAnotherKind_IsNamedInTheLog_WithTheRemedy()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync(options => options.Durability = QueueDurability.Classic);

        await fixture.StartCoordinatorAsync(options => options.Durability = QueueDurability.Quorum, waitUntilReady: false);

        await fixture.LogsAsync("The queue exists with other settings.", LockPartitions.NameOf(fixture.QueueName, 0));
    }
}
