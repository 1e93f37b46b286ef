using System.Runtime.CompilerServices;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Holding;

/// <summary>A handle that somebody forgot: the garbage collector takes it, and its lock frees itself.</summary>
public sealed class AbandonedHandleTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AHandleThatNobodyHoldsOnTo_IsRenewedNoLonger_AndTheNextInLineGetsTheLock()
    {
        await using var world = await LockFixture.StartAsync();
        var lost = await AcquireAndForgetAsync(world);
        var waiting = world.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromHours(1), Lease, Cancellation);
        await world.SomebodyWaitsAsync();

        await CollectAsync(world);
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
        world.Time.Advance(Lease / 3);

        Assert.Contains(world.Logs.Lines, line => line.Contains("The handle of lock orders/42 was neither released nor disposed of", StringComparison.Ordinal));
        Assert.False(waiting.IsCompleted);
        world.Time.Advance(Lease - (Lease / 3));
        Assert.True(lost.IsCancellationRequested);
        await using var next = await waiting.Within();
        Assert.True(next.IsHeld);
    }

    [Fact]
    public async Task AHandleThatSomebodyHoldsOnTo_IsRenewed_ThoughNobodyTouchesIt()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = asked => coordinator.Grant(asked);
        await using var world = await LockFixture.StartAsync(coordinator);
        var handle = await world.Client.TryAcquireAsync(LockFixture.Key, new LockOptions { Lease = Lease, AutoRenew = true }, Cancellation);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));
        world.Time.Advance(Lease / 3);

        await coordinator.ComesAsync<RenewLock>();
        GC.KeepAlive(handle);
    }

    [Fact]
    public async Task RunAsync_HoldsOnToItsLock_WhileTheActionRuns()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = asked => coordinator.Grant(asked);
        await using var world = await LockFixture.StartAsync(coordinator);
        var leave = new TaskCompletionSource();
        var running = world.Client.RunAsync(LockFixture.Key, _ => leave.Task, Lease, Cancellation);
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Lease));

        GC.Collect();
        GC.WaitForPendingFinalizers();
        world.Time.Advance(Lease / 3);

        await coordinator.ComesAsync<RenewLock>();
        leave.SetResult();
        Assert.True(await running.Within());
    }

    /// <summary>Returns the token alone: it keeps no lock alive.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<CancellationToken> AcquireAndForgetAsync(LockFixture world)
    {
        var handle = (await world.Client.TryAcquireAsync(LockFixture.Key, new LockOptions { Lease = Lease, AutoRenew = true }))!;
        Handles.Add(world, handle);
        return handle.Lost;
    }

    private static Task CollectAsync(LockFixture world) => Eventually.HoldsAsync(() =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !Handles.IsAlive(world);
    });

    private static class Handles
    {
        private static readonly ConditionalWeakTable<LockFixture, WeakReference> Known = [];

        public static void Add(LockFixture world, ILockHandle handle) => Known.Add(world, new WeakReference(handle));

        public static bool IsAlive(LockFixture world) => Known.TryGetValue(world, out var handle) && handle.IsAlive;
    }
}
