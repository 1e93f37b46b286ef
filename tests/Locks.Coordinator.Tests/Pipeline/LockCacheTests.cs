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
        var cache = new LockCache(limit: 10);
        var stored = Stored("key");

        cache.Put(stored);
        Assert.Same(stored, cache.Find(stored.Id));
        cache.Remove(stored.Id);
        Assert.Null(cache.Find(stored.Id));
    }

    [Fact]
    public void WhatIsUsed_Stays_AndTheRestIsForgotten()
    {
        var cache = new LockCache(limit: 100);
        var used = Stored("used");
        cache.Put(used);

        for (var i = 0; i < 1_000; i++)
        {
            cache.Put(Stored($"key {i}"));
            Assert.Same(used, cache.Find(used.Id));
        }

        Assert.InRange(Enumerable.Range(0, 1_000).Count(i => cache.Find(LockKey.ToId($"key {i}")) is not null), 40, 110);
    }

    [Fact]
    public void WithoutRoom_NothingStays()
    {
        var cache = new LockCache(limit: 0);
        for (var i = 0; i < 10; i++)
            cache.Put(Stored($"key {i}"));

        Assert.True(Enumerable.Range(0, 10).Count(i => cache.Find(LockKey.ToId($"key {i}")) is not null) <= 1);
    }

    private static StoredLock Stored(string key) => new(LockKey.ToId(key), 1, LockState.NeverTaken(key), null);
}
