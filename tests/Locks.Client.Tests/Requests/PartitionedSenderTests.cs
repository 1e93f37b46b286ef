using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>Which queue commands are carried to.</summary>
public sealed class PartitionedSenderTests
{
    private readonly FakeCoordinator _coordinator = new();

    [Fact]
    public async Task TheQueuesThatAReplyTells_AreKept_UntilAnotherTellsOtherwise()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var sent = new Destinations();
        world.Bus.ConnectSendObserver(sent);
        _coordinator.OnAcquire = asked => new LockDenied(asked.Key, asked.AcquireId, DenyReasons.Busy);
        await world.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["locks"], sent.Names);
        var spread = LockPartitions.NameOf("locks", LockPartitions.IndexOf(LockKey.ToId("k"), 2));
        var ofAttempt = new LockReply { Denied = new LockDenied("k", LockKey.ToId("nobody's"), DenyReasons.Busy) };

        await _coordinator.SendRepliesAsync(world, new LockReplies([ofAttempt], Partitions: 2));
        await GoesToAsync(world, sent, spread);
        await _coordinator.SendRepliesAsync(world, new LockReplies([ofAttempt]));
        await GoesToAsync(world, sent, spread);
        await _coordinator.SendRepliesAsync(world, new LockReplies([ofAttempt], Partitions: 0));
        await GoesToAsync(world, sent, "locks");
    }

    [Fact]
    public async Task WhatWaitsForAQueue_ThatIsReadNoLonger_IsNotLeftLying()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        _coordinator.OnAcquire = asked => new LockDenied(asked.Key, asked.AcquireId, DenyReasons.Busy);
        await world.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);
        await _coordinator.SendRepliesAsync(world, new LockReplies([], Partitions: 2));
        // Nobody reads the spread queues here, and the second command on a key waits until the first is decided.
        var first = world.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);
        var second = world.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);

        // As said by a coordinator that reads only the common one.
        await _coordinator.SendRepliesAsync(world, new LockReplies([], Partitions: 0));

        await Eventually.HoldsAsync(() =>
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(100));
            return first.IsCompleted && second.IsCompleted;
        });
        Assert.Null(await first);
        Assert.Null(await second);
    }

    private static async Task GoesToAsync(LockFixture world, Destinations sent, string queue)
    {
        // Nobody reads the spread queues here: what goes there is sent again, to the common one.
        var before = sent.Names.Count;
        var trying = world.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() =>
        {
            if (!trying.IsCompleted)
                world.Time.Advance(TimeSpan.FromMilliseconds(100));
            return trying.IsCompleted;
        });
        await trying;
        Assert.Equal(queue, sent.Names.ElementAt(before));
    }

    private sealed class Destinations : ISendObserver
    {
        public ConcurrentQueue<string> Names { get; } = new();

        public Task PreSend<T>(SendContext<T> context)
            where T : class
        {
            if (context.Message is LockCommands)
                Names.Enqueue(context.DestinationAddress!.AbsolutePath.TrimStart('/'));
            return Task.CompletedTask;
        }

        public Task PostSend<T>(SendContext<T> context)
            where T : class => Task.CompletedTask;

        public Task SendFault<T>(SendContext<T> context, Exception exception)
            where T : class => Task.CompletedTask;
    }
}
