using Locks.Client.ConsumeFilter.Ordering;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>Deliveries that come to their guard in another order than that in which the broker sent them.</summary>
public sealed class DeliverySequenceTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly DeliverySequence _sequence;

    public DeliverySequenceTests() => _sequence = new DeliverySequence(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ADelivery_WaitsForAnEarlierOneOfItsKey_ThatComesLater()
    {
        var second = Arrive(2, "a");
        Assert.False(second.IsCompleted);

        var first = Arrive(1, "a");
        await first.Within();
        Assert.False(second.IsCompleted);
        _sequence.Leave(1, "a");

        await second.Within();
        _sequence.Leave(2, "a");
        Assert.True(_sequence.IsIdle);
    }

    [Fact]
    public async Task ADelivery_DoesNotWaitForAnotherKey_NorForOneThatIsNotGuarded()
    {
        var third = Arrive(3, "c");
        _sequence.SetKnown(2);
        Assert.False(third.IsCompleted);

        _ = Arrive(1, "a");

        await third.Within();
    }

    [Fact]
    public async Task ADelivery_WaitsNoLongerThanTenSeconds_ForOneThatIsHeldBackElsewhere()
    {
        var third = Arrive(3, "a");
        Assert.False(third.IsCompleted);
        await Eventually.HoldsAsync(() => _time.Timers.Contains(TimeSpan.FromSeconds(10)));

        _time.Advance(TimeSpan.FromSeconds(10));

        await third.Within();
        // The next one finds no gap any more.
        await Arrive(4, "b").Within();
    }

    private Task Arrive(ulong number, string key)
    {
        _sequence.Enter(number, key);
        _sequence.SetKnown(number);
        return _sequence.WaitForPredecessorsAsync(number, key, Cancellation);
    }
}
