using System.Text;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Npgsql;
using RabbitMQ.Client;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// A request names the address of its reply. MassTransit declares that address on the channel that the coordinator reads with, and RabbitMQ
/// closes a channel on which something exists in another form: the request was delivered again, for ever, and its queue stood still.
/// </summary>
public sealed class ResponseAddressTests
{
    [Theory]
    [InlineData("exchange:amq.direct", "orders")]
    [InlineData("rabbitmq://localhost/amq.direct", "orders")]
    [InlineData("queue:QUEUE", "orders")]
    [InlineData("rabbitmq://localhost/QUEUE?bind=true", "orders")]
    [InlineData("rabbitmq://localhost/amq.direct?temporary=true", "orders")]
    [InlineData("exchange:amq.direct", "")]
    [InlineData("queue:QUEUE", "")]
    public async Task AResponseAddressThatTheBrokerRefusesToDeclare_HarmsNoOtherRequest(string address, string key)
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queue = await QueueWithArgumentsAsync(channel, fixture);
        var responseAddress = address.Replace("QUEUE", queue, StringComparison.Ordinal);

        await SendAcquireAsync(channel, fixture, key, responseAddress);

        await using var handle = await fixture.NewClient().TryAcquireAsync("another key");
        Assert.NotNull(handle);
        await Eventually.HoldsAsync(async () => await BrokerQueues.CountAsync(connection, fixture.QueueName) == 0);
        Assert.DoesNotContain(fixture.CoordinatorLog, line => line.Contains("PRECONDITION", StringComparison.OrdinalIgnoreCase));
        if (address.Contains("QUEUE", StringComparison.Ordinal))
            await Eventually.HoldsAsync(async () => await BrokerQueues.CountAsync(connection, queue) == 1, what: "the answer");
    }

    [Theory]
    [InlineData("exchange:amq.direct")]
    [InlineData("queue:QUEUE")]
    public async Task AFaultForSuchAnAddress_HarmsNoOtherRequest(string address)
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        var queue = await QueueWithArgumentsAsync(channel, fixture);
        await using (var database = NpgsqlDataSource.Create(fixture.ConnectionString))
        await using (var command = database.CreateCommand("ALTER TABLE locks.locks DROP COLUMN ended"))
            await command.ExecuteNonQueryAsync();

        await SendAcquireAsync(channel, fixture, "orders", address.Replace("QUEUE", queue, StringComparison.Ordinal));

        await Eventually.HoldsAsync(async () => await BrokerQueues.CountAsync(connection, $"{fixture.QueueName}_error") == 1);
        await Eventually.HoldsAsync(async () => await BrokerQueues.CountAsync(connection, fixture.QueueName) == 0);
        Assert.DoesNotContain(fixture.CoordinatorLog, line => line.Contains("PRECONDITION", StringComparison.OrdinalIgnoreCase));
        if (address.Contains("QUEUE", StringComparison.Ordinal))
            await Eventually.HoldsAsync(async () => await BrokerQueues.CountAsync(connection, queue) == 1, what: "the fault");
    }

    private static async Task<string> QueueWithArgumentsAsync(IChannel channel, RabbitMqLockFixture fixture)
    {
        var queue = $"{fixture.QueueName}-replies";
        await channel.QueueDeclareAsync(
            queue,
            durable: true,
            exclusive: false,
            autoDelete: false,
            new Dictionary<string, object?> { ["x-max-length"] = 10, ["x-expires"] = 600_000 });
        return queue;
    }

    private static ValueTask SendAcquireAsync(IChannel channel, RabbitMqLockFixture fixture, string key, string responseAddress)
    {
        var body = $$"""
            {
              "messageId": "{{Guid.CreateVersion7()}}", "requestId": "{{Guid.CreateVersion7()}}", "responseAddress": "{{responseAddress}}",
              "messageType": ["urn:message:Locks.Contracts:AcquireLock"],
              "message": { "key": "{{key}}", "acquireId": "{{Guid.CreateVersion7()}}", "owner": "me", "lease": "00:00:10" }
            }
            """;
        return channel.BasicPublishAsync(
            "",
            fixture.QueueName,
            mandatory: true,
            new BasicProperties { ContentType = "application/vnd.masstransit+json" },
            Encoding.UTF8.GetBytes(body));
    }
}
