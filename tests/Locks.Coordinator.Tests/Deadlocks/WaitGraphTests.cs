using Locks.Coordinator.Deadlocks;
using Xunit;

namespace Locks.Coordinator.Tests.Deadlocks;

/// <summary>Which waits are a deadlock, and which are only waits.</summary>
public sealed class WaitGraphTests
{
    [Theory]
    [InlineData("two owners", "a>b b>a", "b>a a>b")]
    [InlineData("three owners", "a>b b>c c>a", "c>a a>b b>c")]
    [InlineData("a cycle with others behind it", "x>a y>x a>b b>a", "b>a a>b")]
    [InlineData("two leases", "a!>b! b!>a!", "b!>a! a!>b!")]
    [InlineData("an owner and a lease", "a!>b b>a!", "b>a! a!>b")]
    [InlineData("a lease that waits for itself", "a!>a!", "a!>a!")]
    [InlineData("the same name in two sessions", "a@1>a@2 a@2>a@1", "a@2>a@1 a@1>a@2")]
    [InlineData("the shortest of two cycles", "a>b b>c c>a b>a", "b>a a>b")]
    public void ACircleOfWaits_IsADeadlock(string what, string waits, string expected)
    {
        Assert.NotEmpty(what);
        ArgumentNullException.ThrowIfNull(waits);

        Assert.Equal([expected], Find(waits));
    }

    [Theory]
    [InlineData("no waits", "")]
    [InlineData("a chain", "a>b b>c c>d")]
    [InlineData("waits that converge", "a>c b>c c>d e>d")]
    [InlineData("a diamond", "a>b a>c b>d c>d")]
    [InlineData("an owner that waits for itself: two units of work may have one name", "a>a")]
    [InlineData("the same name in two sessions", "a@1>b b>a@2")]
    [InlineData("a lease and an owner of the same name", "a!>b b>a")]
    public void OtherWaits_AreNone(string what, string waits)
    {
        Assert.NotEmpty(what);
        ArgumentNullException.ThrowIfNull(waits);

        Assert.Empty(Find(waits));
    }

    [Fact]
    public void SeveralDeadlocks_AreToldApart() =>
        Assert.Equal(["b>a a>b", "e>c c>d d>e"], Find("a>b b>a x>a c>d d>e e>c x>e").Order(StringComparer.Ordinal));

    [Fact]
    public void ADeadlockThatIsKnown_StaysAsItIs_WhenMoreAttemptsJoinIt()
    {
        var known = new WaitGraph(Waits.Of("a>b", "b>c", "c>a")).FindCycles([]);

        var found = new WaitGraph(Waits.Of("a>b", "b>c", "c>a", "b>a")).FindCycles(known);

        Assert.True(Assert.Single(found).IsSameAs(known[0]));
    }

    [Fact]
    public void ADeadlockThatIsOver_IsForgotten_AndTheNextOneIsFound()
    {
        var known = new WaitGraph(Waits.Of("a>b", "b>c", "c>a")).FindCycles([]);

        Assert.Equal(["b>a a>b"], Stories(new WaitGraph(Waits.Of("a>b", "b>c", "b>a")).FindCycles(known)));
        Assert.Empty(new WaitGraph(Waits.Of("a>b", "b>c")).FindCycles(known));
    }

    [Fact]
    public void TheAttemptThatCameLast_IsTheYoungest() =>
        Assert.Equal("c>a", Waits.Story(Assert.Single(new WaitGraph(Waits.Of("a>b", "b>c", "c>a")).FindCycles([])).Youngest));

    [Fact]
    public void ACircleOfManyThousands_IsFound()
    {
        const int Count = 20_000;
        var waits = Waits.Of([.. Enumerable.Range(0, Count).Select(i => $"o{i}>o{(i + 1) % Count}")]);

        Assert.Equal(Count, Assert.Single(new WaitGraph(waits).FindCycles([])).Waits.Count);
        Assert.Empty(new WaitGraph(waits.Skip(1)).FindCycles([]));
    }

    [Fact]
    public void InRandomGraphs_EveryContenderOnACircle_IsInSomeDeadlocksComponent()
    {
        var random = new Random(20261129);
        var (with, without) = (0, 0);
        for (var round = 0; round < 2_000; round++)
        {
            string[] edges =
                [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => $"{random.Next(8)}>{random.Next(8)}").Where(edge => edge[0] != edge[2]).Distinct()];

            var found = new WaitGraph(Waits.Of(edges)).FindCycles([]);

            foreach (var cycle in found)
                AssertClosed(cycle);
            // By another way: who can be reached from themselves. Two of them are in one component when each reaches the other.
            var onCircles = Enumerable.Range(0, 8).Where(node => Reaches(edges, node, node)).ToList();
            var components = onCircles.CountBy(node => onCircles.Where(other => Reaches(edges, node, other) && Reaches(edges, other, node)).Min());
            Assert.Equal(components.Count(), found.Count);
            (with, without) = found.Count > 0 ? (with + 1, without) : (with, without + 1);
        }

        Assert.True(with > 200 && without > 200, $"{with} graphs with a deadlock and {without} without");
    }

    [Fact]
    public void BlockersAreThoseThatWaitForNone_WithAllThatWaitBehindThem()
    {
        var found = new WaitGraph(Waits.Of("a>z", "b>a", "c>a", "d>y", "e>y")).FindBlockers(10);

        Assert.Equal([("z", 1, 3), ("y", 2, 2)], found.Select(blocker => (blocker.Holder.Owner, blocker.Waits.Count, blocker.Blocked)));
    }

    [Fact]
    public void OnlySoManyBlockers_AreReturned() =>
        Assert.Equal(["y"], new WaitGraph(Waits.Of("a>z", "d>y", "e>y")).FindBlockers(1).Select(blocker => blocker.Holder.Owner));

    private static void AssertClosed(Cycle cycle)
    {
        for (var i = 0; i < cycle.Waits.Count; i++)
            Assert.Equal(cycle.Waits[i].Holder, cycle.Waits[(i + 1) % cycle.Waits.Count].Waiter);
    }

    private static bool Reaches(string[] edges, int from, int to)
    {
        var seen = new HashSet<int>();
        var next = new Stack<int>([from]);
        while (next.TryPop(out var node))
        {
            foreach (var edge in edges.Where(edge => edge[0] - '0' == node))
            {
                var target = edge[2] - '0';
                if (target == to)
                    return true;
                if (seen.Add(target))
                    next.Push(target);
            }
        }

        return false;
    }

    private static IReadOnlyList<string> Find(string waits) =>
        Stories(new WaitGraph(Waits.Of(waits.Split(' ', StringSplitOptions.RemoveEmptyEntries))).FindCycles([]));

    private static IReadOnlyList<string> Stories(IEnumerable<Cycle> cycles) =>
        [.. cycles.Select(cycle => string.Join(' ', cycle.Waits.Select(Waits.Story)))];
}
