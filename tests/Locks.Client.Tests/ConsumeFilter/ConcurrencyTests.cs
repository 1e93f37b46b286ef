using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>What a message that waits occupies, and what it does not.</summary>
[Collection(nameof(GuardFixture))]
public sealed class ConcurrencyTests
{
    private readonly Payments _payments = new();

    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public async Task WaitingMessages_DoNotCountAgainstTheConsumersLimit(int limit, bool onTheConsumer)
    {
        const int Waiting = 10;
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.PrefetchCount = Waiting + limit;
                if (!onTheConsumer)
                    endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf, Wait);
            },
            (context, paymentConsumer) =>
            {
                paymentConsumer.ConcurrentMessageLimit = limit;
                if (onTheConsumer)
                    paymentConsumer.UseDistributedLock<PaymentConsumer, CapturePayment>(context, GuardFixture.KeyOf, Wait);
            });
        var holder = await fixture.HoldAsync("1");
        await fixture.PublishAsync([.. Enumerable.Repeat("1", Waiting)]);
        await Eventually.HoldsAsync(async () => await fixture.WaitersAsync("payment:1") == Waiting);

        // More of them than the limit, one after another.
        for (var other = 2; other <= 6; other++)
            await fixture.PublishAsync($"{other}");
        await _payments.AreCapturedAsync(5);

        Assert.Equal(["2", "3", "4", "5", "6"], _payments.Captured.Order());
        Assert.Equal(Waiting, await fixture.WaitersAsync("payment:1"));
        await holder.ReleaseAsync();
        await _payments.AreCapturedAsync(5 + Waiting);
        await fixture.WaitUntilFreeAsync("1");
    }

    [Fact]
    public async Task AMessageThatIsHeldForRedelivery_DoesNotCountAgainstTheConsumersLimit()
    {
        await using var fixture = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) => endpoint.UseDistributedLock<CapturePayment>(
                context, GuardFixture.KeyOf, guard => guard.RedeliverWhenBusy(TimeSpan.FromSeconds(3), 1)),
            (_, paymentConsumer) => paymentConsumer.ConcurrentMessageLimit = 1);
        await using var holder = await fixture.HoldAsync("1");
        await fixture.PublishAsync("1");
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(3)));

        await fixture.PublishAsync("2");

        await _payments.AreCapturedAsync(1);
        Assert.Equal(["2"], _payments.Captured);
        await holder.ReleaseAsync();
        fixture.Time.Advance(TimeSpan.FromSeconds(3));
        await _payments.AreCapturedAsync(2);
        await fixture.WaitUntilFreeAsync("1");
    }

    /// <summary>The other limit, so that the difference is known: the endpoint's own counts what waits.</summary>
    [Fact]
    public async Task WaitingMessages_OccupyPlacesOfTheEndpointsLimit()
    {
        await using var fixture = await GuardFixture.StartAsync(_payments, (endpoint, context) =>
        {
            endpoint.ConcurrentMessageLimit = 1;
            endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf, Wait);
        });
        var holder = await fixture.HoldAsync("1");
        await fixture.PublishAsync("1");
        await Eventually.HoldsAsync(async () => await fixture.WaitersAsync("payment:1") == 1);

        await fixture.PublishAsync("2");
        await holder.ReleaseAsync();

        await _payments.AreCapturedAsync(2);
        Assert.Equal(["1", "2"], _payments.Captured);
    }

    private static void Wait(LockGuardConfigurator guard) => guard.WaitWhenBusy(TimeSpan.FromHours(1));
}
