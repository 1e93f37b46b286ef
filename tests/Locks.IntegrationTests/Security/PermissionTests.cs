using Locks.Client;
using Locks.Contracts;
using Locks.TestKit;
using Locks.Transport;
using Locks.Transport.RabbitMq;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using Xunit;

namespace Locks.IntegrationTests.Security;

/// <summary>
/// Users of RabbitMQ with the permissions of docs/operations.md, and no others.
/// </summary>
[Collection(nameof(TlsServers))]
public sealed class PermissionTests(TlsServers shared)
{
    private const int Limit = 120_000;

    private static readonly LockOptions Lease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task WithTheLeastPermissions_EverythingWorks()
    {
        var fixture = (await shared.LeastUsersAsync()).Fixture;
        var second = await fixture.StartCoordinatorAsync();
        using var host = await shared.StartClientAsync(
            shared.BrokerFor(LeastUsers.Client), fixture.QueueName, configure: options => options.HeartbeatInterval = TimeSpan.FromSeconds(1));
        var client = host.Services.GetRequiredService<ILockClient>();

        var held = await client.TryAcquireAsync("a", Lease, Cancel);
        var waiting = client.AcquireAsync("a", Wait, Lease, Cancel);
        await Eventually.HoldsAsync(async () => (await client.DescribeAsync("a", Cancel)).Waiters == 1);
        Assert.True(await held!.RenewAsync(cancellationToken: Cancel));
        // A heartbeat that did not arrive would have the waiter passed over.
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, Cancel);
        Assert.True(await held.ReleaseAsync(Cancel));
        await using (await waiting)
            Assert.True(await client.RevokeAsync("a", "the test", Cancel));

        await using (var lease = await client.Leases.GrantAsync(TimeSpan.FromSeconds(60), Cancel))
        {
            var onLease = await client.Locks.AcquireAsync("b", lease.Id, cancellationToken: Cancel);
            Assert.True(onLease.Acquired);
        }

        await Eventually.HoldsAsync(async () => (await client.Inspector.DescribeCoordinatorsAsync(Cancel)).Coordinators.Count == 2);
        await client.Inspector.DescribeStatisticsAsync(Cancel);

        // What no coordinator serves goes to a queue of its own.
        await fixture.SendAsync(new Unknown("x"));
        await Eventually.HoldsAsync(async () => (await shared.ControlAsync("list_queues", "--no-table-headers", "name", "messages"))
            .Contains($"{fixture.QueueName}_skipped\t1", StringComparison.Ordinal));
        await fixture.StopCoordinatorAsync(second);
        Assert.DoesNotContain(fixture.CoordinatorLog, line => line.Contains("refuse", StringComparison.OrdinalIgnoreCase));
    }

    [Fact(Timeout = Limit)]
    public async Task AClientsUser_ReadsNoRequests_AndSendsNoReplies()
    {
        var fixture = (await shared.LeastUsersAsync()).Fixture;
        var queue = fixture.QueueName;
        await using var connection = await shared.ConnectAsync(LeastUsers.Client);
        var partition = LockPartitions.NameOf(queue, 0);
        const string Own = "m_p_locks-client_test";

        await IsRefusedAsync("access to queue", channel => channel.BasicConsumeAsync(queue, autoAck: false, Nothing(channel), Cancel));
        await IsRefusedAsync("access to queue", channel => channel.BasicGetAsync(partition, autoAck: false, Cancel));
        await IsRefusedAsync("access to queue", channel => channel.QueuePurgeAsync(queue, Cancel));
        await IsRefusedAsync("access to exchange", async channel =>
        {
            await channel.QueueDeclareAsync(Own, durable: false, exclusive: true, autoDelete: true, cancellationToken: Cancel);
            await channel.QueueBindAsync(Own, queue, "", cancellationToken: Cancel);
        });
        await IsRefusedAsync("access to exchange", channel => channel.QueueBindAsync(Own, $"{queue}-alive", "", cancellationToken: Cancel));
        await IsRefusedAsync("access to exchange", channel => channel.ExchangeDeclareAsync(
            $"{queue}-coordinators", ExchangeType.Fanout, durable: true, cancellationToken: Cancel));
        await IsRefusedAsync("access to exchange", channel => SendAsync(channel, exchange: "", Own));
        await IsRefusedAsync("access to exchange", channel => SendAsync(channel, $"{queue}-coordinators", ""));
        await IsRefusedAsync("access to queue", channel => channel.QueueDeleteAsync($"{queue}_error", cancellationToken: Cancel));
        await IsRefusedAsync("access to queue", channel => channel.QueueDeclareAsync("payments", cancellationToken: Cancel));

        Task IsRefusedAsync(string what, Func<IChannel, Task> attempt) => RefusesAsync(connection, what, attempt);
    }

    [Fact(Timeout = Limit)]
    public async Task ACoordinatorsUser_HasNothingToDoWithOtherQueues()
    {
        var fixture = (await shared.LeastUsersAsync()).Fixture;
        await using var connection = await shared.ConnectAsync(LeastUsers.Coordinator);

        await RefusesAsync(connection, "access to queue", channel => channel.QueueDeclareAsync("payments", cancellationToken: Cancel));
        await RefusesAsync(connection, "access to exchange", async channel =>
        {
            const string Own = "m_p_locks-coordinator_test";
            await channel.QueueDeclareAsync(Own, durable: false, exclusive: true, autoDelete: true, cancellationToken: Cancel);
            await channel.QueueBindAsync(Own, "amq.fanout", "", cancellationToken: Cancel);
        });
    }

    [Fact(Timeout = Limit)]
    public async Task RepliesToAClient_AreNotReadByAnother()
    {
        var fixture = (await shared.LeastUsersAsync()).Fixture;
        using var host = await shared.StartClientAsync(shared.BrokerFor(LeastUsers.Client), fixture.QueueName);
        Assert.NotNull(await host.Services.GetRequiredService<ILockClient>().TryAcquireAsync("a", Lease, Cancel));
        var queues = (await shared.ControlAsync("list_queues", "--no-table-headers", "name")).Split('\n');
        await using var connection = await shared.ConnectAsync(LeastUsers.Client);

        foreach (var queue in queues.Where(queue => queue.Contains("_locks-client_", StringComparison.Ordinal)))
            await RefusesAsync(connection, "RESOURCE_LOCKED", channel => channel.BasicGetAsync(queue, autoAck: true, Cancel));
        Assert.Contains(queues, queue => queue.EndsWith("-batches", StringComparison.Ordinal));
    }

    [Fact(Timeout = Limit)]
    public async Task AUserWithoutAPermission_IsToldTheCommandThatGrantsIt()
    {
        var fixture = (await shared.LeastUsersAsync()).Fixture;
        using var host = await shared.StartClientAsync(
            shared.BrokerFor(LeastUsers.Nothing), fixture.QueueName, configure: options => options.RequestTimeout = TimeSpan.FromSeconds(5));

        var refused = await Assert.ThrowsAsync<LockUnavailableException>(
            () => host.Services.GetRequiredService<ILockClient>().TryAcquireAsync("a", Lease, Cancel));

        var needed = Permissions.Of(LockRole.Client, fixture.QueueName);
        Assert.EndsWith(
            $"rabbitmqctl set_permissions -p / {LeastUsers.Nothing} '{needed.Configure}' '{needed.Write}' '{needed.Read}' (configure, write, read).",
            refused.Message,
            StringComparison.Ordinal);
    }

    private static async Task RefusesAsync(IConnection connection, string what, Func<IChannel, Task> attempt)
    {
        // The broker closes the channel of one whom it refuses something; what is published is refused without an answer.
        var channel = await connection.CreateChannelAsync(cancellationToken: Cancel);
        var closed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        channel.ChannelShutdownAsync += (_, reason) =>
        {
            closed.TrySetResult(reason.ReplyText);
            return Task.CompletedTask;
        };
        try
        {
            await attempt(channel);
        }
        catch (Exception refused) when (refused is OperationInterruptedException or AlreadyClosedException)
        {
        }

        Assert.Contains(what, await closed.Task.Within(), StringComparison.Ordinal);
    }

    private static AsyncEventingBasicConsumer Nothing(IChannel channel) => new(channel);

    private static Task SendAsync(IChannel channel, string exchange, string queue) =>
        channel.BasicPublishAsync(exchange, queue, "forged"u8.ToArray(), Cancel).AsTask();

    private sealed record Unknown(string Text);
}
