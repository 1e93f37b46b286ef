using System.Text.Json;
using Locks.Client;
using Locks.Contracts;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>Partitions, each read by one coordinator at a time.</summary>
public sealed class PartitionQueueTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ClientsComeToThePartitions_AndTheirReader_IsFollowedByAnother()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        await using var first = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString);
        Assert.Equal("READY", await first.FirstLine);
        var client = fixture.NewClient();
        await AreReadAsync(fixture.QueueName, consumers: 1);
        await CycleAsync(client, "a");
        await using var second = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString);
        Assert.Equal("READY", await second.FirstLine);
        await AreReadAsync(fixture.QueueName, consumers: 2);
        var held = await client.TryAcquireAsync("held", Lease, Cancel);

        first.Kill();
        await first.ExitAsync();

        foreach (var key in Enumerable.Range(0, 20))
            await CycleAsync(client, $"key {key}");
        Assert.True(await held!.RenewAsync(cancellationToken: Cancel));
        Assert.True(await held.ReleaseAsync(Cancel));
    }

    [Fact]
    public async Task ASingleMessageToTheCommonQueue_MeetsTheSameLock()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await AreReadAsync(fixture.QueueName, consumers: 1);
        var client = fixture.NewClient();
        await CycleAsync(client, "warm up");

        for (var turn = 0; turn < 10; turn++)
        {
            var held = await client.TryAcquireAsync("a", Lease, Cancel);
            var busy = await fixture.AskAsync<AcquireLock, LockAcquired, LockDenied>(
                new AcquireLock("a", Guid.CreateVersion7(), "single", Lease), TimeSpan.FromSeconds(60));
            Assert.Equal(DenyReasons.Busy, Assert.IsType<LockDenied>(busy).Reason);
            Assert.True(await held!.ReleaseAsync(Cancel));

            var single = Assert.IsType<LockAcquired>(await fixture.AskAsync<AcquireLock, LockAcquired, LockDenied>(
                new AcquireLock("a", Guid.CreateVersion7(), "single", Lease), TimeSpan.FromSeconds(60)));
            Assert.True(single.FencingToken > held.FencingToken);
            Assert.Null(await client.TryAcquireAsync("a", Lease, Cancel));
            Assert.IsType<LockReleased>(await fixture.AskAsync<ReleaseLock, LockReleased, LockNotHeld>(
                new ReleaseLock("a", single.OwnerToken), TimeSpan.FromSeconds(60)));
        }
    }

    [Fact]
    public async Task CoordinatorsShareThePartitions_AsCoordinatorsComeAndGo_AndLocksKeepWorkingAllTheWhile()
    {
        await using var fixture = new RabbitMqLockFixture();
        using var here = new PartitionMetrics();
        await fixture.StartAsync();
        await AreReadAsync(fixture.QueueName, consumers: 1);
        // It sends nothing twice: whatever gets lost fails the test.
        var client = fixture.NewClient(options => options.ResendAfter = TimeSpan.FromMinutes(1));
        await CycleAsync(client, "warm up");
        await ReadsHereAsync(queues: 2);
        await using var load = new Load(fixture.NewClient(), fixture.NewClient());

        await using var killed = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString);
        Assert.Equal("READY", await killed.FirstLine);
        await ReadsHereAsync(queues: 1);
        killed.Kill();
        await killed.ExitAsync();
        await ReadsHereAsync(queues: 2, isKnown: false);
        await using var stopped = TestProcess.Coordinator(fixture.QueueName, fixture.ConnectionString);
        Assert.Equal("READY", await stopped.FirstLine);
        await ReadsHereAsync(queues: 1);
        Assert.Equal(0, await stopped.TerminateAsync());
        await ReadsHereAsync(queues: 2);

        await load.EndAsync();

        // Clients would do without, by way of the common queue; so what comes here by each queue tells who reads it.
        async Task ReadsHereAsync(int queues, bool isKnown = true)
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    var before = here.Messages(fixture.QueueName);
                    await Task.WhenAll(Enumerable.Range(0, 20).Select(key => CycleAsync(client, $"round {key}")));
                    return here.Messages(fixture.QueueName).Zip(before).Count(queue => queue.First > queue.Second) == queues;
                },
                what: $"{queues} queue(s) read here");
            if (isKnown)
                await Eventually.HoldsAsync(() => here.Share(fixture.QueueName) == queues);
        }
    }

    [Fact]
    public async Task ACoordinatorThatStops_TellsTheOthers()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        var coordinator = await fixture.StartCoordinatorAsync();
        await AreReadAsync(fixture.QueueName, consumers: 1);
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync(Cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        var exchange = $"{fixture.QueueName}-coordinators";
        var queue = (await channel.QueueDeclareAsync(cancellationToken: Cancel)).QueueName;
        // It is declared when the partitions are read.
        await Eventually.HoldsAsync(ExchangeExistsAsync);
        await channel.QueueBindAsync(queue, exchange, "", cancellationToken: Cancel);
        Assert.False(await LeavesAsync());

        await fixture.StopCoordinatorAsync(coordinator);

        await Eventually.HoldsAsync(LeavesAsync);

        // The broker closes the channel that asks for what does not exist.
        async Task<bool> ExchangeExistsAsync()
        {
            await using var asking = await connection.CreateChannelAsync(cancellationToken: Cancel);
            try
            {
                await asking.ExchangeDeclarePassiveAsync(exchange, Cancel);
                return true;
            }
            catch (OperationInterruptedException)
            {
                return false;
            }
        }

        async Task<bool> LeavesAsync()
        {
            BasicGetResult? announcement = null;
            await Eventually.HoldsAsync(async () => (announcement = await channel.BasicGetAsync(queue, autoAck: true, Cancel)) is not null);
            return JsonDocument.Parse(announcement!.Body).RootElement.GetProperty("message").GetProperty("leaves").GetBoolean();
        }
    }

    private static async Task CycleAsync(ILockClient client, string key)
    {
        var handle = await client.TryAcquireAsync(key, Lease, Cancel);
        Assert.NotNull(handle);
        Assert.True(await handle.ReleaseAsync(Cancel));
    }

    /// <summary>Waits until both of the queues that there are by default have as many consumers.</summary>
    private static async Task AreReadAsync(string queueName, uint consumers)
    {
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync(Cancel);
        foreach (var index in new[] { 0, 1 })
        {
            await Eventually.HoldsAsync(
                async () =>
                {
                    try
                    {
                        await using var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
                        return (await channel.QueueDeclarePassiveAsync(LockPartitions.NameOf(queueName, index), Cancel)).ConsumerCount == consumers;
                    }
                    catch (OperationInterruptedException)
                    {
                        return false;
                    }
                },
                what: $"{consumers} consumers of queue {index}");
        }
    }
}
