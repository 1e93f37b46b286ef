using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// A bus that stopped left every lock taken that its client held, every caller waiting until its own time was over, and every renewal
/// running. The client stops with its bus: after the application's consumers, and before the replies stop coming.
/// </summary>
public sealed class StoppingBusTests
{
    private const int Count = 50;

    // Holders have this long to release their locks themselves.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);
    private static readonly LockOptions Renewed = new() { Lease = Lease, AutoRenew = true };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EveryLockThatIsHeld_IsReleased_AndEveryHolderTold()
    {
        await using var fixture = await LockFixture.StartAsync();
        var handles = new List<ILockHandle>();
        for (var index = 0; index < Count; index++)
            handles.Add((await fixture.Client.TryAcquireAsync($"lock {index}", Renewed, Cancellation))!);
        var set = await fixture.Client.TryAcquireAllAsync(["a", "b"], Renewed, Cancellation);

        await StopAsync(fixture);

        Assert.All(handles, handle => Assert.Equal(
            (LockHandleState.Lost, new LockLoss(LockLossReason.ClientStopped)), (handle.State, handle.Loss)));
        Assert.All(handles, handle => Assert.True(handle.Lost.IsCancellationRequested));
        Assert.False(set!.IsHeld);
        for (var index = 0; index < Count; index++)
            Assert.True(await fixture.IsFreeAsync($"lock {index}"));
        Assert.True(await fixture.IsFreeAsync("a"));
        Assert.True(await fixture.IsFreeAsync("b"));
        await handles[0].DisposeAsync().AsTask().Within();
        await set.DisposeAsync().AsTask().Within();
    }

    [Fact]
    public async Task AHolderThatReleasesWhenItIsTold_NeedsNoGrace()
    {
        await using var fixture = await LockFixture.StartAsync();
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation))!;
        var released = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        handle.Lost.Register(async () => released.SetResult(await handle.ReleaseAsync()));

        // No time passes.
        await fixture.StopAsync().Within();

        Assert.True(await released.Task.Within());
        Assert.True(await fixture.IsFreeAsync());
    }

    [Fact]
    public async Task EveryCallerThatWaits_IsRefused_WithTheReason()
    {
        await using var fixture = await LockFixture.StartAsync();
        var held = (await fixture.Client.TryAcquireAsync(LockFixture.Key, new LockOptions { Lease = Lease, HoldUntilExpiry = true }, Cancellation))!;
        // A client that does not know yet that its request is queued stops without waiting until its cancel is decided.
        var queued = Enumerable.Range(0, Count).Select(_ => new Queued()).ToList();
        var waiting = queued
            .Select(report => fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromHours(1), Renewed with { Progress = report }, Cancellation))
            .ToList();
        await Eventually.HoldsAsync(() => queued.TrueForAll(report => report.IsReported));

        // No time passes.
        var stopping = fixture.StopAsync();
        foreach (var caller in waiting)
        {
            var refusal = await Assert.ThrowsAsync<LockUnavailableException>(() => caller.Within());
            Assert.Equal("The lock client has stopped, because its bus has been stopped.", refusal.Message);
        }

        await stopping.Within();
        Assert.Equal(0, await fixture.WaitersAsync());
        // What is to be held until its lease ends, is.
        Assert.False(await fixture.IsFreeAsync());
        GC.KeepAlive(held);
    }

    // A test harness lets time run while a bus stops.
    [Fact]
    public async Task AConsumerThatGoesOn_WhileDaysPass_DoesNotKeepTheClientFromStopping()
    {
        var work = new Work();
        await using var fixture = await LockFixture.StartWithAsync(
            bus =>
            {
                bus.AddSingleton(work);
                bus.AddConsumer<Idler>();
            });
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromHours(1), Renewed, Cancellation);
        await (await waiting.Within()).DisposeAsync();
        await fixture.Bus.Publish(new CaptureOrder(), Cancellation);
        await work.HasBegun.Task.Within();

        var stopping = fixture.StopAsync();
        for (var start = fixture.Time.GetUtcNow(); fixture.Time.GetUtcNow() - start < TimeSpan.FromDays(5);)
            fixture.Time.Advance(TimeSpan.FromDays(1));
        Assert.False(stopping.IsCompleted);

        work.MayEnd.SetResult();
        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return stopping.IsCompletedSuccessfully;
        });
    }

    [Fact]
    public async Task Consumers_HoldTheirLocksUntilTheyHaveEnded_AndCanStillAcquire()
    {
        var work = new Work();
        await using var fixture = await LockFixture.StartWithAsync(
            bus =>
            {
                bus.AddSingleton(work);
                bus.AddConsumer<Worker>();
            });
        await fixture.Bus.Publish(new CaptureOrder(), Cancellation);
        await work.HasBegun.Task.Within();

        var endpoints = new StoppingEndpoints();
        using var observing = fixture.Bus.ConnectReceiveEndpointObserver(endpoints);
        var stopping = fixture.StopAsync();
        await Eventually.HoldsAsync(() => endpoints.Count > 0);
        Assert.True(work.Handle!.IsHeld);
        Assert.False(await fixture.IsFreeAsync());
        work.MayEnd.SetResult();

        await stopping.Within();
        Assert.True(work.WasHeldToTheEnd);
        Assert.True(work.GotAnother);
        Assert.True(await fixture.IsFreeAsync());
        Assert.True(await fixture.IsFreeAsync("another"));
    }

    [Fact]
    public async Task NothingIsSent_AfterTheStop_AndACallFailsAtOnce()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using (await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation))
        {
        }

        await StopAsync(fixture);

        await Assert.ThrowsAsync<LockUnavailableException>(
            () => fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation).Within());
        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.Client.Leases.GrantAsync(Lease, Cancellation).Within());
        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.Client.RevokeAsync(LockFixture.Key, "admin", Cancellation).Within());
    }

    [Fact]
    public async Task ABusThatStartsAgain_ServesItsClientAgain()
    {
        await using var fixture = await LockFixture.StartAsync();
        await using (await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation))
        {
        }

        await StopAsync(fixture);
        await fixture.RestartAsync();

        await using var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Renewed, Cancellation).Within();
        Assert.NotNull(handle);
        await handle.DisposeAsync();
        await StopAsync(fixture);
    }

    private static async Task StopAsync(LockFixture fixture)
    {
        var stopping = fixture.StopAsync();
        await Eventually.HoldsAsync(() => stopping.IsCompleted || fixture.Time.Timers.Contains(Grace));
        fixture.Time.Advance(Grace);
        await stopping.Within();
    }

    /// <summary>The endpoints that have begun to stop.</summary>
    private sealed class StoppingEndpoints : IReceiveEndpointObserver
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public Task Ready(ReceiveEndpointReady ready) => Task.CompletedTask;

        public Task Stopping(ReceiveEndpointStopping stopping)
        {
            Interlocked.Increment(ref _count);
            return Task.CompletedTask;
        }

        public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

        public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;
    }

    /// <summary>Whether a caller knows that its request is queued.</summary>
    private sealed class Queued : IProgress<WaitingStatus>
    {
        private volatile bool _isReported;

        public bool IsReported => _isReported;

        public void Report(WaitingStatus value) => _isReported = true;
    }

    private sealed record CaptureOrder;

    /// <summary>What the consumer did, and when it may end.</summary>
    private sealed class Work
    {
        public TaskCompletionSource HasBegun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource MayEnd { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ILockHandle? Handle { get; set; }

        public bool WasHeldToTheEnd { get; set; }

        public bool GotAnother { get; set; }
    }

    private sealed class Idler(Work work) : IConsumer<CaptureOrder>
    {
        public Task Consume(ConsumeContext<CaptureOrder> context)
        {
            work.HasBegun.SetResult();
            return work.MayEnd.Task;
        }
    }

    private sealed class Worker(ILockClient client, Work work) : IConsumer<CaptureOrder>
    {
        public async Task Consume(ConsumeContext<CaptureOrder> context)
        {
            await using var handle = work.Handle = await client.TryAcquireAsync(LockFixture.Key, Renewed);
            work.HasBegun.SetResult();
            await work.MayEnd.Task;
            await using var another = await client.TryAcquireAsync("another", Renewed);
            (work.GotAnother, work.WasHeldToTheEnd) = (another is not null, handle!.IsHeld);
        }
    }
}
