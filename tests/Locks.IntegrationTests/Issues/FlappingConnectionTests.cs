using Locks.IntegrationTests.Faults;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// Connections that were closed again while they were being opened left a coordinator half dead until it was restarted: with sends that
/// never ended, or an endpoint that waited for ever.
/// </summary>
[Collection(nameof(BrokerNodes))]
public sealed class FlappingConnectionTests(SingleBroker singleBroker)
{
    private const int Coordinators = 3;
    private const int FewRounds = 3;
    private const int ManyRounds = 50;
    private const int RoundsBetweenKills = 10;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    // Only keeps a broken test from hanging.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Fact]
    public Task AfterAFewRounds_EveryCoordinatorServes() => FlapAsync(FewRounds);

    [Fact]
    public async Task AfterManyRounds_EveryCoordinatorServes()
    {
        TestServices.SkipUnlessLongFaults();
        await FlapAsync(ManyRounds);
    }

    private async Task FlapAsync(int rounds)
    {
        var broker = await singleBroker.StartedAsync();
        await using var fixture = new RabbitMqLockFixture { Broker = broker.Addresses[0], BrokerHeartbeat = TimeSpan.FromSeconds(5) };
        await fixture.StartAsync();
        for (var number = 1; number < Coordinators; number++)
            await fixture.StartCoordinatorAsync();
        await using var probe = await LockProbe.StartAsync(fixture);
        // The pauses are the same in every run.
        var random = new Random(31);

        for (var round = 1; round <= rounds; round++)
        {
            int[] pauses = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(60, 2200))];
            await broker.CloseConnectionsAsync(pauses);
            if (round % RoundsBetweenKills == 0)
            {
                await broker.KillAsync(0);
                await broker.ReviveAsync(0);
            }

            await LockProbe.IsBackWithinAsync(probe, Bound, $"round {round}, closed again after {string.Join(", ", pauses)} ms");
            await EveryQueueIsReadAsync(broker, fixture, round);
        }
    }

    private static async Task EveryQueueIsReadAsync(BrokerNodes broker, RabbitMqLockFixture fixture, int round)
    {
        IReadOnlyDictionary<string, int> consumers = new Dictionary<string, int>();
        try
        {
            await Eventually.HoldsAsync(
                async () => AllAreRead(consumers = await broker.ConsumersAsync(), fixture.QueueName), Limit, pauses: TimeSpan.FromSeconds(3));
        }
        catch (TimeoutException)
        {
            var queues = string.Join(", ", consumers.Select(queue => $"{queue.Key}: {queue.Value}"));
            Assert.Fail(
                $"Not every coordinator reads every queue after round {round}. Consumers: {queues}\n{string.Join('\n', fixture.CoordinatorLog)}");
        }
    }

    private static bool AllAreRead(IReadOnlyDictionary<string, int> consumers, string queueName)
    {
        var shared = consumers.Where(queue => queue.Key.Contains(queueName, StringComparison.Ordinal)).ToList();
        var own = consumers.Where(queue => queue.Key.Contains("locks-sessions", StringComparison.Ordinal)
            || queue.Key.Contains("locks-coordinator", StringComparison.Ordinal)).ToList();
        // The common one, two partitions', and that of queries.
        return shared.Count == 4 && shared.All(queue => queue.Value == Coordinators)
            // Those of coordinators that an earlier test stopped stay for a while.
            && own.Count(queue => queue.Value == 1) == 2 * Coordinators && own.All(queue => queue.Value <= 1);
    }
}
