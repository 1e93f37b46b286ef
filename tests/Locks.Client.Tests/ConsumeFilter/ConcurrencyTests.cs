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
    public async Task WaitingMessages_OccupyNoPlaceOfTheConsumersLimit(int limit, bool onTheConsumer)
    {
        const int Waiting = 10;
        await using var world = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) =>
            {
                endpoint.PrefetchCount = Waiting + limit;
                if (!onTheConsumer)
                    endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf, Wait);
            },
            (context, till) =>
            {
                till.ConcurrentMessageLimit = limit;
                if (onTheConsumer)
                    till.UseDistributedLock<Till, CapturePayment>(context, GuardFixture.KeyOf, Wait);
            });
        var holder = await world.HoldAsync("1");
        await world.PublishAsync([.. Enumerable.Repeat("1", Waiting)]);
        await Eventually.HoldsAsync(async () => await world.WaitersAsync("payment:1") == Waiting);

        // More of them than the limit, one after another.
        for (var other = 2; other <= 6; other++)
            await world.PublishAsync($"{other}");
        await _payments.AreCapturedAsync(5);

        Assert.Equal(["2", "3", "4", "5", "6"], _payments.Captured.Order());
        Assert.Equal(Waiting, await world.WaitersAsync("payment:1"));
        await holder.ReleaseAsync();
        await _payments.AreCapturedAsync(5 + Waiting);
        await world.IsFreeAgainAsync("1");
    }

    [Fact]
    public async Task AMessageThatIsHeldForRedelivery_OccupiesNoPlaceOfTheConsumersLimit()
    {
        await using var world = await GuardFixture.StartAsync(
            _payments,
            (endpoint, context) => endpoint.UseDistributedLock<CapturePayment>(
                context, GuardFixture.KeyOf, guard => guard.RedeliverWhenBusy(TimeSpan.FromSeconds(3), 1)),
            (_, till) => till.ConcurrentMessageLimit = 1);
        await using var holder = await world.HoldAsync("1");
        await world.PublishAsync("1");
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(3)));

        await world.PublishAsync("2");

        await _payments.AreCapturedAsync(1);
        Assert.Equal(["2"], _payments.Captured);
        await holder.ReleaseAsync();
        world.Time.Advance(TimeSpan.FromSeconds(3));
        await _payments.AreCapturedAsync(2);
        await world.IsFreeAgainAsync("1");
    }

    /// <summary>The other limit, so that the difference is known: the endpoint's own counts what waits.</summary>
    [Fact]
    public async Task WaitingMessages_OccupyPlacesOfTheEndpointsLimit()
    {
        await using var world = await GuardFixture.StartAsync(_payments, (endpoint, context) =>
        {
            endpoint.ConcurrentMessageLimit = 1;
            endpoint.UseDistributedLock<CapturePayment>(context, GuardFixture.KeyOf, Wait);
        });
        var holder = await world.HoldAsync("1");
        await world.PublishAsync("1");
        await Eventually.HoldsAsync(async () => await world.WaitersAsync("payment:1") == 1);

        await world.PublishAsync("2");
        await holder.ReleaseAsync();

        await _payments.AreCapturedAsync(2);
        Assert.Equal(["1", "2"], _payments.Captured);
    }

    private static void Wait(LockGuardConfigurator guard) => guard.WaitWhenBusy(TimeSpan.FromHours(1));
}
