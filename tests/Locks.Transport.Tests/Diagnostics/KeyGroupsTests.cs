using Locks.Transport.Diagnostics;
using Xunit;

namespace Locks.Transport.Tests.Diagnostics;

/// <summary>The groups that metrics tell keys apart by are bounded, and the application's function cannot break anything.</summary>
public sealed class KeyGroupsTests
{
    private readonly List<Exception> _failures = [];

    [Fact]
    public void WithoutAFunction_NoKeyHasAGroup() => Assert.Null(new KeyGroups(null, 100, _failures.Add).Of("orders/42"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void AKeyWithoutAGroup_HasNone(string? group) => Assert.Null(new KeyGroups(_ => group, 100, _failures.Add).Of("orders/42"));

    [Fact]
    public void OneGroupTooMany_CountsAsOther_AndTheKnownOnesStay()
    {
        var groups = new KeyGroups(key => key.Split('/')[0], 2, _failures.Add);

        Assert.Equal(["a", "b", "other", "a", "other"], new[] { "a/1", "b/1", "c/1", "a/2", "d/1" }.Select(groups.Of));
    }

    [Fact]
    public void ManyThreads_MakeNoMoreGroupsThanThereMayBe()
    {
        const int max = 10;
        var groups = new KeyGroups(key => key, max, _failures.Add);
        var given = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();

        Parallel.For(0, 1_000, index => given.TryAdd(groups.Of($"key {index % 100}")!, true));

        Assert.Equal(max + 1, given.Count);
    }

    [Fact]
    public void AFunctionThatThrows_IsReportedOnce_AndItsKeysHaveNoGroup()
    {
        var groups = new KeyGroups(key => key == "bad" ? throw new FormatException("bad key") : "good", 100, _failures.Add);

        Assert.Equal([null, "good", null], new[] { "bad", "fine", "bad" }.Select(groups.Of));
        Assert.IsType<FormatException>(Assert.Single(_failures));
    }
}
