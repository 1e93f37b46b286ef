using System.Text;
using Locks.Client;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>What others do to the queue that a client's replies come to.</summary>
public sealed class ReplyQueueTests
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task AReplyQueueThatIsDeleted_IsThereAgain_AndItsWaitersAreGranted()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        var holder = await fixture.NewClient().TryAcquireAsync("a", LongWait);
        var waiting = fixture.NewClient().AcquireAsync("a", LongWait, LongWait);
        var queue = await WhenItIsQueuedAsync(fixture);

        // An exclusive queue is no other connection's to delete, but the administrator's.
        await ServerProgram.RunAsync(TestServices.RabbitMqControl, "--quiet", "delete_queue", queue);
        Assert.True(await holder!.ReleaseAsync());

        // The bus takes its time to connect again.
        await using var handle = await waiting.WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System);
        Assert.True(handle.IsHeld);
        var queues = await ServerProgram.RunAsync(TestServices.RabbitMqControl, "--quiet", "list_queues", "--no-table-headers", "name");
        Assert.Contains(queue, queues.Split('\n'));
    }

    [Theory]
    [InlineData("{\"replies\":7")]
    [InlineData("{\"replies\":null}")]
    [InlineData("{\"replies\":[null]}")]
    public async Task WhatIsNoReply_IsLogged_AndHoldsNothingUp(string body)
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        using var logs = new CapturedLogs();
        await using var services = new ServiceCollection()
            .AddLogging(logging => logging.AddProvider(logs))
            .AddSingleton(fixture.Bus)
            .AddLockClient(options => options.QueueName = fixture.QueueName)
            .BuildServiceProvider();
        var holder = await fixture.NewClient().TryAcquireAsync("a", LongWait);
        var waiting = services.GetRequiredService<ILockClient>().AcquireAsync("a", LongWait, LongWait);
        var queue = await WhenItIsQueuedAsync(fixture);

        await OnBrokerAsync(async channel =>
        {
            await channel.BasicPublishAsync(exchange: "", queue, body: Encoding.UTF8.GetBytes(body));
            return true;
        });
        await Eventually.HoldsAsync(() => logs.Lines.Any(line => line.StartsWith("Error", StringComparison.Ordinal)));
        Assert.True(await holder!.ReleaseAsync());

        await using var handle = await waiting.Within();
        Assert.Contains("not understood", Assert.Single(logs.Lines, line => line.StartsWith("Error", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    /// <returns>The queue that its replies come to.</returns>
    private static async Task<string> WhenItIsQueuedAsync(RabbitMqLockFixture fixture)
    {
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 1);
        return (await fixture.LookAsync("a"))!.Waiters.Head!.ReplyTo.Address.Segments[^1];
    }

    private static async Task<T> OnBrokerAsync<T>(Func<IChannel, Task<T>> act)
    {
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        return await act(channel);
    }
}
