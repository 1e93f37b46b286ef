using System.Text;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using RabbitMQ.Client;
using Xunit;

namespace Locks.IntegrationTests.Faults;

/// <summary>Messages that no well-meaning client would send: they end in the error queue, and the coordinator goes on.</summary>
public sealed class MalformedMessageTests
{
    private const string Envelope =
        """{"messageId":"01990000-0000-7000-8000-000000000001","messageType":["urn:message:Locks.Contracts:AcquireLock"],"message":MESSAGE}""";

    [Theory]
    [InlineData("this is not JSON")]
    [InlineData("")]
    [InlineData("""{"messageType":["urn:message:Locks.Contracts:AcquireLock"]""")]
    [InlineData("""MESSAGE:{"key":"a","acquireId":"not a uuid","owner":"me","lease":"00:00:10"}""")]
    [InlineData("""MESSAGE:{"key":"a","acquireId":"01990000-0000-7000-8000-000000000001","owner":"me","lease":"a while"}""")]
    [InlineData("""MESSAGE:{"key":"half a pair: \ud800","acquireId":"01990000-0000-7000-8000-000000000001","owner":"me","lease":"00:00:10"}""")]
    [InlineData("""MESSAGE:{"owner":"me"}""")]
    public async Task AMalformedMessage_GoesToTheErrorQueue_AndTheCoordinatorKeepsServing(string body)
    {
        if (body.StartsWith("MESSAGE:", StringComparison.Ordinal))
            body = Envelope.Replace("MESSAGE", body["MESSAGE:".Length..], StringComparison.Ordinal);

        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();

        await channel.BasicPublishAsync(
            "", fixture.QueueName, mandatory: true, new BasicProperties { ContentType = "application/vnd.masstransit+json" }, Encoding.UTF8.GetBytes(body));

        await Eventually.HoldsAsync(async () => await BrokerQueues.CountAsync(connection, $"{fixture.QueueName}_error") == 1);
        Assert.Equal(0u, await BrokerQueues.CountAsync(connection, fixture.QueueName));
        await using var handle = await fixture.NewClient().TryAcquireAsync("a");
        Assert.NotNull(handle);
    }
}
