using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Storage;
using Xunit;

namespace Locks.Coordinator.Tests.Pipeline;

/// <summary>What stays in memory, and what is never taken for the truth.</summary>
public sealed class LockCacheTests
{
    [Fact]
    public void WhatWasKept_IsFound_UntilItIsForgotten()
    {
        var warm = new LockCache(limit: 10);
        var stored = Stored("key");

        warm.Keep(stored);
        Assert.Same(stored, warm.Find(stored.Id));
        warm.Forget(stored.Id);
        Assert.Null(warm.Find(stored.Id));
    }

    [Fact]
    public void WhatIsUsed_Stays_AndTheRestIsForgotten()
    {
        var warm = new LockCache(limit: 100);
        var used = Stored("used");
        warm.Keep(used);

        for (var i = 0; i < 1_000; i++)
        {
            warm.Keep(Stored($"key {i}"));
            Assert.Same(used, warm.Find(used.Id));
        }

        Assert.InRange(Enumerable.Range(0, 1_000).Count(i => warm.Find(LockKey.ToId($"key {i}")) is not null), 40, 110);
    }

    [Fact]
    public void WithoutRoom_NothingStays()
    {
        var warm = new LockCache(limit: 0);
        for (var i = 0; i < 10; i++)
            warm.Keep(Stored($"key {i}"));

        Assert.True(Enumerable.Range(0, 10).Count(i => warm.Find(LockKey.ToId($"key {i}")) is not null) <= 1);
    }

    private static StoredLock Stored(string key) => new(LockKey.ToId(key), 1, LockState.NeverTaken(key), null);
}
