using Locks.Histories.Measuring;
using Xunit;

namespace Locks.Simulation.Tests.Histories;

/// <summary>What is measured of a history: how long no key was granted, and from when on every key was again.</summary>
public sealed class ServiceTests
{
    private readonly Service _service = new(["a", "b"]);

    [Fact]
    public void TheLongestGap_IsBetweenGrantsOfAnyKey_AndToTheEnds()
    {
        _service.Add("a", Story.Ns(1_000));
        _service.Add("b", Story.Ns(1_800));
        _service.Add("a", Story.Ns(2_500));
        _service.Add("other", Story.Ns(3_000));

        Assert.Equal(Story.Ns(800), _service.LongestGap(Story.Ns(900), Story.Ns(2_600)));
        Assert.Equal(Story.Ns(1_500), _service.LongestGap(Story.Ns(900), Story.Ns(4_000)));
        Assert.Equal(Story.Ns(1_000), _service.LongestGap(0, Story.Ns(2_600)));
        Assert.Equal(Story.Ns(1_800), _service.LongestGapOfAKey(0, Story.Ns(2_600)));
    }

    [Fact]
    public void ServiceIsNormal_WhenTheLastKeyIs()
    {
        Grant("a", from: 0, until: 6_000);
        Grant("b", from: 0, until: 1_000);
        Assert.Null(_service.NormalAfter(Story.Ns(1_500)));

        Grant("b", from: 3_000, until: 6_000);

        Assert.Equal(Story.Ns(3_000), _service.NormalAfter(Story.Ns(1_500)));
    }

    [Fact]
    public void AKeyThatIsGranted_AndThenNotForLong_IsNotNormalYet()
    {
        Grant("a", from: 0, until: 9_000);
        Grant("b", from: 1_600, until: 2_500);
        Grant("b", from: 4_000, until: 9_000);

        Assert.Equal(Story.Ns(4_000), _service.NormalAfter(Story.Ns(1_500)));
    }

    private void Grant(string key, double from, double until)
    {
        for (var at = from; at <= until; at += 500)
            _service.Add(key, Story.Ns(at));
    }
}
