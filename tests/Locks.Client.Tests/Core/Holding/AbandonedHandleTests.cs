using System.Runtime.CompilerServices;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Holding;

/// <summary>A handle that nothing refers to: the garbage collector takes it, and its lock ends with its lease.</summary>
public sealed class AbandonedHandleTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private static readonly LockOptions Renewed = new() { Lease = Lease, AutoRenew = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AnUnreferencedHandle_IsNotRenewed_AndTheNextInTheQueueGetsTheLock()
    {
        await using var fixture = await LockFixture.StartAsync();
        var lost = await AcquireAndForgetAsync(fixture);
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromHours(1), Lease, Cancellation);
        await fixture.WaitUntilQueuedAsync();

        await CollectAsync(fixture);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        fixture.Time.Advance(Lease / 3);

        Assert.Contains(fixture.Logs.Lines, line => line.Contains(
            "The handle of lock orders/42 was neither released nor disposed of", StringComparison.Ordinal));
        Assert.False(waiting.IsCompleted);
        fixture.Time.Advance(Lease - (Lease / 3));
        Assert.True(lost.IsCancellationRequested);
        await using var next = await waiting.Within();
        Assert.True(next.IsHeld);
    }

    [Fact]
    public async Task AReferencedHandle_IsRenewed_ThoughNothingUsesIt()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = acquire => coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(coordinator);
        var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        fixture.Time.Advance(Lease / 3);

        await coordinator.ReceivedAsync<RenewLock>();
        GC.KeepAlive(handle);
    }

    [Fact]
    public async Task RunAsync_ReferencesItsHandle_WhileTheActionRuns()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = acquire => coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(coordinator);
        var leave = new TaskCompletionSource();
        var running = fixture.Client.RunAsync(LockFixture.Key, _ => leave.Task, Lease, Cancellation);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));

        GC.Collect();
        GC.WaitForPendingFinalizers();
        fixture.Time.Advance(Lease / 3);

        await coordinator.ReceivedAsync<RenewLock>();
        leave.SetResult();
        Assert.True(await running.Within());
    }

    /// <summary>Returns the token alone, which is no reference to the handle.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<CancellationToken> AcquireAndForgetAsync(LockFixture fixture)
    {
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed))!;
        Handles.Add(fixture, handle);
        return handle.Lost;
    }

    private static Task CollectAsync(LockFixture fixture) => Eventually.HoldsAsync(() =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !Handles.IsAlive(fixture);
    });

    private static class Handles
    {
        private static readonly ConditionalWeakTable<LockFixture, WeakReference> Known = [];

        public static void Add(LockFixture fixture, ILockHandle handle) => Known.Add(fixture, new WeakReference(handle));

        public static bool IsAlive(LockFixture fixture) => Known.TryGetValue(fixture, out var handle) && handle.IsAlive;
    }
}
