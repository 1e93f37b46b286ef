using System.Text.Json;
using Locks.BatchFormat;
using Locks.Contracts;
using MassTransit.Serialization;
using Xunit;

namespace Locks.Coordinator.Tests.Saga.Batches;

/// <summary>The lean form of batches: what MassTransit's own form of the same message says, without what is at its default.</summary>
public sealed class BatchFormatTests
{
    private static readonly LockCommands Commands = new(LockKey.ToId("batch"), "loopback://localhost/client",
    [
        new LockCommand { Acquire = new AcquireLock("key", LockKey.ToId("a"), "owner", TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), ClientId: "c", MayFollow: true) },
        new LockCommand { RequestId = LockKey.ToId("r"), Release = new ReleaseLock("key", "token", TimeSpan.FromSeconds(1)) },
    ]);

    private static readonly LockReplies Replies = new(
        [new LockReply { Acquired = new LockAcquired("key", LockKey.ToId("a"), "token", 7, TimeSpan.FromSeconds(30), [new GrantedFollower(LockKey.ToId("b"), 8)]) }],
        [LockKey.ToId("batch")],
        Queues: 2);

    [Fact]
    public void WhatIsWrittenLean_IsReadAsMassTransitReadsIt_AndTheOtherWayRound()
    {
        Assert.Equal(Ordinary(Commands), Ordinary(JsonSerializer.Deserialize<LockCommands>(Lean(Commands), SystemTextJsonMessageSerializer.Options)));
        Assert.Equal(Ordinary(Replies), Ordinary(JsonSerializer.Deserialize<LockReplies>(Lean(Replies), SystemTextJsonMessageSerializer.Options)));
        Assert.Equal(Lean(Commands), Lean(JsonSerializer.Deserialize(Ordinary(Commands), BatchJson.Default.LockCommands)!));
        Assert.Equal(Lean(Replies), Lean(JsonSerializer.Deserialize(Ordinary(Replies), BatchJson.Default.LockReplies)!));
    }

    [Fact]
    public void WhatIsAtItsDefault_IsLeftOut() =>
        Assert.Equal(
            """{"batchId":"BATCH","replyTo":"loopback://localhost/client","commands":[{"cancel":{"key":"key","acquireId":"A"}}]}"""
                .Replace("BATCH", LockKey.ToId("batch").ToString(), StringComparison.Ordinal)
                .Replace("\"A\"", $"\"{LockKey.ToId("a")}\"", StringComparison.Ordinal),
            Lean(Commands with { Commands = [new LockCommand { Cancel = new CancelAcquire("key", LockKey.ToId("a")) }] }));

    private static string Lean(LockCommands batch) => JsonSerializer.Serialize(batch, BatchJson.Default.LockCommands);

    private static string Lean(LockReplies batch) => JsonSerializer.Serialize(batch, BatchJson.Default.LockReplies);

    private static string Ordinary<T>(T batch) => JsonSerializer.Serialize(batch, SystemTextJsonMessageSerializer.Options);
}
