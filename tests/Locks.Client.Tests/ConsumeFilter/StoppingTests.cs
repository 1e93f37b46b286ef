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
    public async Task AMessageThatWaits_LeavesTheLine_AndIsNeitherConsumedNorFailed(bool withRetries)
    {
        await using var world = await GuardFixture.StartAsync(_payments, (endpoint, context) =>
        {
            if (withRetries)
                endpoint.UseMessageRetry(retry => retry.Interval(1_000, TimeSpan.FromMinutes(1)));
            endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf, guard => guard.WaitWhenBusy(TimeSpan.FromHours(1)));
        });
        await world.HoldAsync("1");
        await world.PublishAsync("1");
        await world.SomebodyWaitsAsync("payment:1");

        var stopping = world.StopAsync();
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromMilliseconds(500)));
        world.Time.Advance(TimeSpan.FromMilliseconds(500));

        await stopping.Within();
        Assert.Empty(_payments.Captured);
        Assert.Empty(_payments.Faults);
        Assert.Empty(_payments.Strays);
    }

    [Fact]
    public async Task AMessageThatIsConsumed_IsConsumedToItsEnd_AndTheLockReleased()
    {
        var coordinator = new FakeCoordinator();
        coordinator.OnAcquire = asked => coordinator.Grant(asked);
        await using var world = await GuardFixture.StartAsync(_payments, standIn: coordinator);
        var traffic = Traffic.Of(world.Bus);
        var done = new TaskCompletionSource();
        _payments.OnCapture = _ => done.Task;
        await world.PublishAsync("1");
        await _payments.AreCapturedAsync(1);

        var stopping = world.StopAsync();
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromMilliseconds(500)));
        world.Time.Advance(TimeSpan.FromMilliseconds(500));
        done.SetResult();

        // Here the coordinator stops, too, so that no answer comes. The bus does not wait for one as long as callers do.
        var released = world.Time.GetTimestamp();
        await Eventually.HoldsAsync(() =>
        {
            world.Time.Advance(TimeSpan.FromMilliseconds(10));
            return stopping.IsCompleted;
        });
        await stopping;
        Assert.Contains("the release is sent", traffic.Notes);
        Assert.InRange(world.Time.GetElapsedTime(released), TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Empty(_payments.Faults);
    }
}
