using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>Which queue a key belongs to: part of the wire format, because clients and coordinators must agree.</summary>
public sealed class LockPartitionsTests
{
    [Theory]
    [InlineData("orders/42", 0, 0, 52)]
    public void TheQueueOfAKey_NeverChanges(string key, int ofTwo, int ofFour, int ofSixtyFour)
    {
        var id = LockKey.ToId(key);

        Assert.Equal((ofTwo, ofFour, ofSixtyFour), (LockPartitions.IndexOf(id, 2), LockPartitions.IndexOf(id, 4), LockPartitions.IndexOf(id, 64)));
        Assert.Equal(0, LockPartitions.IndexOf(id, 1));
    }

    [Fact]
    public void Keys_AreSpreadEvenly()
    {
        var counts = Enumerable.Range(0, 8_000).CountBy(i => LockPartitions.IndexOf(LockKey.ToId($"key {i}"), 8)).ToList();

        Assert.Equal(8, counts.Count);
        Assert.All(counts, count => Assert.InRange(count.Value, 850, 1_150));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void NoQueues_AreRefused(int queues) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LockPartitions.IndexOf(LockKey.ToId("a"), queues));

    [Fact]
    public void NameOf_AddsTheIndex() => Assert.Equal("locks-3", LockPartitions.NameOf("locks", 3));
}
