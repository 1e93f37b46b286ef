using System.Collections.Concurrent;
using Locks.TestKit;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using ZiggyCreatures.Caching.Fusion;

namespace Locks.Compliance.Adapters.FusionCache;

/// <summary>Caches of FusionCache in two instances of an application, with the locker, on every transport and store.</summary>
/// <param name="locks">The transport and the store.</param>
public abstract class FusionCacheCompliance(LocksSubject locks)
{
    private static readonly FusionCacheEntryOptions Options = new(TimeSpan.FromMinutes(5));

    private readonly string _key = $"product:{Guid.CreateVersion7():N}";
    private readonly MemoryDistributedCache _shared = new(new OptionsWrapper<MemoryDistributedCacheOptions>(new MemoryDistributedCacheOptions()));

    private string LockKey => $"{_key}:lock";

    [Fact]
    public async Task OfTwoInstances_OneComputesTheValue_WhileTheOtherWaits()
    {
        var computing = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = new ConcurrentQueue<string>();
        var one = GetAsync(Cache(), "first");
        await Eventually.HoldsAsync(() => began.Count == 1);
        var other = GetAsync(Cache(), "second");
        await locks.HasWaitersAsync(LockKey, 1);
        await locks.IsRenewedAsync(LockKey, (await locks.Other.DescribeAsync(LockKey)).Holder!.FencingToken);
        Assert.Equal(["first"], began);

        computing.SetResult(1);

        Assert.All(await Task.WhenAll(one, other).Within(), value => Assert.Equal(1, value));
        Assert.Equal(["first"], began);
        await locks.IsFreeAsync(LockKey);

        Task<int> GetAsync(IFusionCache cache, string name) => cache.GetOrSetAsync<int>(
            _key,
            async (_, cancellationToken) =>
            {
                began.Enqueue(name);
                return await computing.Task.WaitAsync(cancellationToken);
            },
            Options).AsTask();
    }

    [Fact]
    public async Task ASynchronousCall_WaitsForAnotherProcess()
    {
        var busy = await locks.Other.AcquireAsync(LockKey, TimeSpan.Zero);
        var value = Task.Run(() => Cache().GetOrSet<int>(_key, _ => 1, Options));
        await locks.HasWaitersAsync(LockKey, 1);
        Assert.False(value.IsCompleted);

        await busy.ReleaseAsync();

        Assert.Equal(1, await value.Within());
        await locks.IsFreeAsync(LockKey);
    }

    /// <summary>The cache of a new instance.</summary>
    private IFusionCache Cache() => locks.NewApplication(services =>
    {
        services.AddSingleton<IDistributedCache>(_shared).AddFusionCacheLocksDistributedLocker();
        services.AddFusionCache()
            .WithSerializer(new JsonSerializer())
            .WithRegisteredDistributedCache(ignoreMemoryDistributedCache: false)
            .WithRegisteredDistributedLocker();
    }).GetRequiredService<IFusionCache>();
}
