using Locks.Client;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Testing.Tests;

/// <summary>A test that ends leaves nothing behind, and does not wait for a time that the test no longer moves.</summary>
public sealed class EndOfTestTests
{
    private const string Key = AppUnderTest.Key;

    // Less than the time after which MassTransit gives up waiting by itself.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public async Task TheEnd_LeavesNoTimer()
    {
        var app = await AppUnderTest.StartAsync();
        var time = app.Time;
        var handle = (await app.Client.TryAcquireAsync(Key, new LockOptions { Lease = Hour, AutoRenew = true }))!;
        var waiting = app.Client.AcquireAsync(Key, Hour);
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);
        await handle.DisposeAsync();
        await (await waiting.Within()).DisposeAsync();

        await app.DisposeAsync();

        await Eventually.HoldsAsync(() => time.Timers.Count == 0);
    }

    [Fact]
    public async Task AWaitThatIsAbandoned_DoesNotHoldUpTheEnd()
    {
        var app = await AppUnderTest.StartAsync();
        await app.Locks.BusyAsync(Key);
        _ = app.Client.AcquireAsync(Key, Hour);
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);

        await app.DisposeAsync().AsTask().WaitAsync(Soon, TimeProvider.System);
    }

    [Fact]
    public async Task AConsumerThatWaits_DoesNotHoldUpTheEnd()
    {
        var app = await AppUnderTest.StartAsync(bus: bus => bus.AddConsumer<PatientConsumer>());
        await app.Locks.BusyAsync(Key);
        await app.MassTransit.Bus.Publish(new Work());
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);

        await app.DisposeAsync().AsTask().WaitAsync(Soon, TimeProvider.System);
    }

    [Fact]
    public async Task AMessageThatIsHeldUp_DoesNotHoldUpTheEnd()
    {
        var app = await AppUnderTest.StartAsync();
        var time = app.Time;
        app.Locks.Slow(Hour);
        _ = app.Client.TryAcquireAsync(Key);
        await app.Locks.AdvanceAsync(TimeSpan.Zero);

        await app.DisposeAsync().AsTask().WaitAsync(Soon, TimeProvider.System);

        // Time runs by itself when a stop takes noticeably long, as it may on a busy machine: but not to the end of the delay.
        Assert.InRange(time.GetUtcNow() - time.Start, TimeSpan.Zero, Hour / 2);
    }

    private sealed record Work;

    private sealed class PatientConsumer(ILockClient locks) : IConsumer<Work>
    {
        public async Task Consume(ConsumeContext<Work> context)
        {
            await using var held = await locks.AcquireAsync(Key, Hour);
        }
    }
}
