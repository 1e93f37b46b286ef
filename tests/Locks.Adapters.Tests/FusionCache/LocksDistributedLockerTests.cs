using System.Collections.Concurrent;
using Locks.Compliance.Adapters.FusionCache;
using Locks.Testing;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Locking.Distributed;

namespace Locks.Adapters.Tests.FusionCache;

/// <summary>Two caches of FusionCache, as two instances of an application have them, with the locker.</summary>
public sealed class LocksDistributedLockerTests
{
    private const string Key = "product:42:lock";

    private static readonly FusionCacheEntryOptions Options = new(TimeSpan.FromMinutes(5));

    [Fact]
    public async Task OfTwoCaches_OneComputesTheValue_WhileTheOtherWaits()
    {
        await using var app = await StartAsync();
        var (first, second) = (Cache(app, "first"), Cache(app, "second"));
        var computing = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = new ConcurrentQueue<string>();
        var one = GetAsync(first, "first");
        await Eventually.HoldsAsync(() => began.Count == 1);
        await app.Locks.ShouldBeHeldAsync(Key, by: "me");
        var other = GetAsync(second, "second");
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);
        Assert.Equal(["first"], began);
        await app.Locks.AdvanceAsync(TimeSpan.FromMinutes(2));
        await app.Locks.ShouldBeHeldAsync(Key, by: "me");

        computing.SetResult(1);

        Assert.All(await Task.WhenAll(one, other).Within(), value => Assert.Equal(1, value));
        Assert.Equal(["first"], began);
        await app.Locks.ShouldBeFreeAsync(Key);

        Task<int> GetAsync(IFusionCache cache, string name) => cache.GetOrSetAsync<int>(
            "product:42",
            async (_, cancellationToken) =>
            {
                began.Enqueue(name);
                return await computing.Task.WaitAsync(cancellationToken);
            },
            Options).AsTask();
    }

    [Fact]
    public async Task ASynchronousCall_IsLockedAsWell()
    {
        await using var app = await StartAsync();
        var cache = Cache(app, "first");

        var value = cache.GetOrSet<int>("product:42", _ => 1, Options);

        Assert.Equal(1, value);
        await app.Locks.ShouldHaveReleasedAsync(Key, by: "me");
    }

    [Fact]
    public async Task WithoutACoordinator_TheValueIsComputedAllTheSame()
    {
        await using var app = await StartAsync();
        using var away = app.Locks.Unreachable();

        Assert.Equal(1, await Cache(app, "first").GetOrSetAsync<int>("product:42", (_, _) => Task.FromResult(1), Options));
    }

    [Fact]
    public async Task ALockThatStaysBusy_IsNoLock_AndReleasingItIsNothing()
    {
        await using var app = await StartAsync();
        var locker = app.Get<IFusionCacheDistributedLocker>();
        await using var busy = await app.Locks.BusyAsync(Key);

        var none = await locker.AcquireLockAsync("", "", "", "", Key, TimeSpan.Zero, null, CancellationToken.None);

        Assert.Null(none);
        Assert.Null(locker.AcquireLock("", "", "", "", Key, TimeSpan.Zero, null, CancellationToken.None));
        await locker.ReleaseLockAsync("", "", "", "", Key, none, null, CancellationToken.None);
        locker.ReleaseLock("", "", "", "", Key, none, null, CancellationToken.None);
        await app.Locks.ShouldBeHeldAsync(Key, by: "another owner");
    }

    private static IFusionCache Cache(LocksUnderTest app, string name) => app.Get<IFusionCacheProvider>().GetCache(name);

    private static Task<LocksUnderTest> StartAsync() => LocksUnderTest.StartAsync(services =>
    {
        services.AddDistributedMemoryCache().AddLockClient(client => client.Owner = "me").AddFusionCacheLocksDistributedLocker();
        foreach (var name in new[] { "first", "second" })
        {
            services.AddFusionCache(name)
                .WithSerializer(new JsonSerializer())
                .WithRegisteredDistributedCache(ignoreMemoryDistributedCache: false)
                .WithRegisteredDistributedLocker();
        }
    });
}
