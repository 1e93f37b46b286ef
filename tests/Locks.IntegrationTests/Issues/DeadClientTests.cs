using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.IntegrationTests.Faults;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using RabbitMQ.Client;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// A client's reply exchange goes when the client dies. A reply to it made RabbitMQ close the channel that the coordinator reads with, and
/// every request under way was interrupted. Found when a worker of samples/FolderImport was killed.
/// </summary>
public sealed class DeadClientTests
{
    [Fact]
    public async Task AReplyToAClientThatDied_DoesNotInterruptTheCoordinator()
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartWithoutCoordinatorAsync();
        var coordinator = await fixture.StartCoordinatorAsync();
        var endpoints = new EndpointWatch();
        coordinator.Services.GetRequiredService<IBus>().ConnectReceiveEndpointObserver(endpoints);

        // A client that was answered once, so that the coordinator knows its exchange, and that waits in the queue when it dies.
        var holder = await fixture.NewClient().TryAcquireAsync("wanted", TimeSpan.FromMinutes(1));
        await using (var doomed = TestProcess.Holder(fixture.QueueName, "answered", leaseSeconds: 60, thenWaitFor: "wanted"))
        {
            Assert.StartsWith("HELD ", await doomed.FirstLine, StringComparison.Ordinal);
            await Eventually.HoldsAsync(async () => (await fixture.LookAsync("wanted"))!.Waiters.Count == 1);
            doomed.Kill();
        }

        var queue = (await fixture.LookAsync("wanted"))!.Waiters.Head!.ReplyTo.Address.Segments[^1];
        await Eventually.HoldsAsync(() => IsGoneAsync(queue));

        Assert.True(await holder!.ReleaseAsync());
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("wanted"))!.Holder is { Stage: LockStage.Offered });

        for (var i = 0; i < 20; i++)
        {
            Assert.IsType<LockAcquired>(await fixture.AskAsync<AcquireLock, LockAcquired, LockDenied>(
                new AcquireLock($"other {i}", Guid.CreateVersion7(), "me", TimeSpan.FromSeconds(10))));
        }

        Assert.Empty(endpoints.Interruptions);
    }

    private static async Task<bool> IsGoneAsync(string exchange)
    {
        await using var connection = await new ConnectionFactory { Uri = TestServices.RabbitMq }.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync();
        try
        {
            await channel.ExchangeDeclarePassiveAsync(exchange);
            return false;
        }
        catch (RabbitMQ.Client.Exceptions.OperationInterruptedException)
        {
            return true;
        }
    }

    private sealed class EndpointWatch : IReceiveEndpointObserver
    {
        public ConcurrentQueue<string> Interruptions { get; } = new();

        public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed)
        {
            Interruptions.Enqueue($"{completed.InputAddress} stopped reading");
            return Task.CompletedTask;
        }

        public Task Faulted(ReceiveEndpointFaulted faulted)
        {
            Interruptions.Enqueue($"{faulted.InputAddress} failed: {faulted.Exception?.Message}");
            return Task.CompletedTask;
        }
    }
}
