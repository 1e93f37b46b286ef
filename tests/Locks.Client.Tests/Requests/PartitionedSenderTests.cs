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
    public async Task ThePartitionsThatAReplyNames_AreKept_UntilAnotherNamesOthers()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var sent = new Destinations();
        fixture.Bus.ConnectSendObserver(sent);
        _coordinator.OnAcquire = asked => new LockDenied(asked.Key, asked.AcquireId, DenyReasons.Busy);
        await fixture.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["locks"], sent.Names);
        var partition = LockPartitions.NameOf("locks", LockPartitions.IndexOf(LockKey.ToId("k"), 2));
        var ofAttempt = new LockReply { Denied = new LockDenied("k", LockKey.ToId("another attempt"), DenyReasons.Busy) };

        await _coordinator.SendRepliesAsync(fixture, new LockReplies([ofAttempt], Partitions: 2));
        await GoesToAsync(fixture, sent, partition);
        await _coordinator.SendRepliesAsync(fixture, new LockReplies([ofAttempt]));
        await GoesToAsync(fixture, sent, partition);
        await _coordinator.SendRepliesAsync(fixture, new LockReplies([ofAttempt], Partitions: 0));
        await GoesToAsync(fixture, sent, "locks");
    }

    [Fact]
    public async Task WhatWaitsForAQueue_ThatIsReadNoLonger_IsNotLeftLying()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        _coordinator.OnAcquire = asked => new LockDenied(asked.Key, asked.AcquireId, DenyReasons.Busy);
        await fixture.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);
        await _coordinator.SendRepliesAsync(fixture, new LockReplies([], Partitions: 2));
        // No coordinator reads the partitions here, and the second command on a key waits until the first is decided.
        var first = fixture.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);
        var second = fixture.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);

        // As said by a coordinator that reads only the common one.
        await _coordinator.SendRepliesAsync(fixture, new LockReplies([], Partitions: 0));

        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            return first.IsCompleted && second.IsCompleted;
        });
        Assert.Null(await first);
        Assert.Null(await second);
    }

    private static async Task GoesToAsync(LockFixture fixture, Destinations sent, string queue)
    {
        // No coordinator reads the partitions here: what goes there is resent, to the common queue.
        var before = sent.Names.Count;
        var trying = fixture.Client.TryAcquireAsync("k", cancellationToken: TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(() =>
        {
            if (!trying.IsCompleted)
                fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
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
