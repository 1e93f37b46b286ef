using Locks.Client.ConsumeFilter;
using Xunit;

namespace Locks.Client.Tests.ConsumeFilter;

/// <summary>What a guard does with one delivery whose lock is busy.</summary>
public sealed class BusyPolicyTests
{
    private static readonly BusyDelivery First = new(IsRedelivered: false, Redeliveries: 0, Lease: TimeSpan.FromSeconds(30));

    [Fact]
    public void Skip_SkipsAFirstDelivery()
    {
        var skip = new BusyPolicy.Skip();

        Assert.Same(skip, skip.For(First));
    }

    [Fact]
    public void Skip_OfADeliveryThatTheBrokerRepeats_WaitsAndIsNeverSkipped()
    {
        var wait = Assert.IsType<BusyPolicy.Wait>(new BusyPolicy.Skip().For(First with { IsRedelivered = true }));

        Assert.Equal(TimeSpan.FromSeconds(40), wait.Limit);
        Assert.True(wait.IsUntilGranted);
        // A copy that the guard itself has put back is marked by nobody else.
        Assert.Equal(wait, new BusyPolicy.Skip().For(First with { Redeliveries = 1 }));
        Assert.Equal(
            wait with { Limit = TimeSpan.FromMinutes(15) },
            new BusyPolicy.Skip().For(First with { IsRedelivered = true, Lease = TimeSpan.FromHours(1) }));
    }

    [Fact]
    public void Wait_AndFault_AreTheSameForEveryDelivery()
    {
        var repeated = First with { IsRedelivered = true, Redeliveries = 7 };

        Assert.Equal(new BusyPolicy.Wait(TimeSpan.FromSeconds(5)), new BusyPolicy.Wait(TimeSpan.FromSeconds(5)).For(repeated));
        Assert.Equal(new BusyPolicy.Fault(), new BusyPolicy.Fault().For(repeated));
    }

    [Fact]
    public void Redeliver_FailsOnceItsTimesAreUsedUp()
    {
        var redeliver = new BusyPolicy.Redeliver(TimeSpan.FromSeconds(1), MaxTimes: 3);

        Assert.Same(redeliver, redeliver.For(First));
        Assert.Same(redeliver, redeliver.For(First with { Redeliveries = 2 }));
        Assert.Equal(new BusyPolicy.Fault { Redeliveries = 3 }, redeliver.For(First with { Redeliveries = 3 }));
    }
}
