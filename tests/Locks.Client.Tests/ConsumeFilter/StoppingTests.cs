using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>A bus that stops while messages wait for locks, or are consumed under them.</summary>
[Collection(nameof(GuardFixture))]
public sealed class StoppingTests
{
    private readonly Payments _payments = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AMessageThatWaits_LeavesTheQueue_AndIsNeitherConsumedNorFailed(bool withRetries)
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, (endpoint, context) =>
        {
            if (withRetries)
                endpoint.UseMessageRetry(retry => retry.Interval(1_000, TimeSpan.FromMinutes(1)));
            endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf, guard => guard.WaitWhenBusy(TimeSpan.FromHours(1)));
        });
        await fixture.HoldAsync("1");
        await fixture.PublishAsync("1");
        await fixture.WaitUntilQueuedAsync("payment:1");

        var stopping = fixture.StopAsync();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromMilliseconds(500)));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));

        // The holder, outside of any consumer, has its grace afterwards.
        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(10));
            return stopping.IsCompleted;
        });
        await stopping;
        Assert.Empty(_payments.Captured);
        Assert.Empty(_payments.Faults);
        Assert.Empty(_payments.Strays);
    }

    [Fact]
    public async Task AMessageThatIsConsumed_IsConsumedToItsEnd_AndTheLockReleased()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = acquire => coordinator.Grant(acquire);
        await using var fixture = await GuardFixture.StartAsync(_payments, coordinator: coordinator);
        var sendOrder = SendOrderRecorder.Of(fixture.Bus);
        var done = new TaskCompletionSource();
        _payments.OnCapture = _ => done.Task;
        await fixture.PublishAsync("1");
        await _payments.AreCapturedAsync(1);

        var stopping = fixture.StopAsync();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromMilliseconds(500)));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        done.SetResult();

        // Here the coordinator stops, too, so that no answer comes. The bus does not wait for one as long as callers do: the guard 1 s, and
        // the client 5 s.
        var released = fixture.Time.GetTimestamp();
        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromMilliseconds(10));
            return stopping.IsCompleted;
        });
        await stopping;
        Assert.Contains("the release is sent", sendOrder.Events);
        Assert.InRange(fixture.Time.GetElapsedTime(released), TimeSpan.Zero, TimeSpan.FromSeconds(7));
        Assert.Empty(_payments.Faults);
    }
}
