using System.Text;
using Locks.Contracts;
using Locks.Coordinator.Deadlocks;
using Xunit;

namespace Locks.Coordinator.Tests.Deadlocks;

/// <summary>A cycle in words.</summary>
public sealed class CycleTextTests
{
    [Fact]
    public void TheWholeCircle_IsTold() =>
        Assert.Equal(
            "'a' waits for 'key of b', held by 'b', which waits for 'key of a', held by 'a'",
            CycleText.Of(new Cycle(Waits.Of("a>b", "b>a"))));

    [Fact]
    public void ALease_IsTold() =>
        Assert.Equal(
            $"'a!' (lease {LockKey.ToId("a!")}) waits for 'key of a!', held by 'a!' (lease {LockKey.ToId("a!")})",
            CycleText.Of(new Cycle(Waits.Of("a!>a!"))));

    [Fact]
    public void OfALongCircle_TheFirstAreTold()
    {
        var text = CycleText.Of(new Cycle(Waits.Of([.. Enumerable.Range(0, 50).Select(i => $"o{i}>o{(i + 1) % 50}")])));

        Assert.EndsWith("'key of o20', held by 'o20', and so on through 30 more", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("🔒")]
    public void AReason_IsNoLongerThanItMayBe(string letter)
    {
        var owner = string.Concat(Enumerable.Repeat(letter, 200 / Encoding.UTF8.GetByteCount(letter)));

        var reason = CycleText.ReasonOf(new Cycle(Waits.Of($"{owner}1>{owner}2", $"{owner}2>{owner}1")));

        Assert.Null(LockLimits.CheckReason(reason));
        Assert.StartsWith("deadlock: '", reason, StringComparison.Ordinal);
        Assert.EndsWith("…", reason, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(reason), LockLimits.MaxReasonBytes - 4, LockLimits.MaxReasonBytes);
    }
}
