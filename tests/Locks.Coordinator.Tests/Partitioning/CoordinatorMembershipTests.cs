using Xunit;

namespace Locks.Coordinator.Tests.Partitioning;

/// <summary>The coordinators share the queues evenly, within seconds, and nobody moves without need.</summary>
public sealed class CoordinatorMembershipTests
{
    private const double Seconds = 4;
    private const double UntilForgotten = 12;

    [Fact]
    public void One_ReadsAll_AndNeverMoves()
    {
        var site = new Site(queues: 4);
        site.Start("a");

        site.Run(600);

        Assert.Equal(["a", "a", "a", "a"], site.Readers);
        Assert.Equal(0, site.Moves);
    }

    [Fact]
    public void Two_ShareWithinSeconds_AndThenNobodyMoves()
    {
        var site = new Site(queues: 4);
        site.Start("a");
        site.Run(60);
        site.Start("b");
        Assert.Equal(["a", "a", "a", "a"], site.Readers);

        site.Run(Seconds);

        Assert.Equal(["a", "b", "a", "b"], site.Readers);
        AssertRests(site);
    }

    [Fact]
    public void Three_ThatStartTogether_Share()
    {
        var site = new Site(queues: 6);
        site.Start("a");
        site.Start("b");
        site.Start("c");

        site.Run(Seconds);

        Assert.Equal(["a", "b", "c", "a", "b", "c"], site.Readers);
        AssertRests(site);
    }

    [Fact]
    public void OneOfThree_ThatLeaves_IsReplacedAtOnce_AndTheRestShare()
    {
        var site = new Site(queues: 6);
        foreach (var name in (string[])["a", "b", "c"])
            site.Start(name);
        site.Run(60);

        site.Stop("b");
        Assert.DoesNotContain("nobody", site.Readers);
        site.Run(Seconds);

        Assert.Equal(["a", "c", "a", "c", "a", "c"], site.Readers);
        AssertRests(site);
    }

    [Fact]
    public void OneOfThree_ThatIsKilled_IsForgotten_AndTheRestShare()
    {
        var site = new Site(queues: 6);
        foreach (var name in (string[])["a", "b", "c"])
            site.Start(name);
        site.Run(60);

        site.Kill("a");
        Assert.DoesNotContain("nobody", site.Readers);
        Assert.DoesNotContain("a", site.Readers);
        site.Run(UntilForgotten);

        Assert.Equal(["b", "c", "b", "c", "b", "c"], site.Readers);
        AssertRests(site);
    }

    [Fact]
    public void OneThatIsKilled_AndComesBackBeforeItIsForgotten_GetsItsShare()
    {
        var site = new Site(queues: 2);
        site.Start("a");
        site.Start("b");
        site.Run(60);
        site.Kill("b");
        Assert.Equal(["a", "a"], site.Readers);

        site.Start("b");
        site.Run(UntilForgotten);

        Assert.Equal(["a", "b"], site.Readers);
        AssertRests(site);
    }

    [Fact]
    public void OneThatIsKilledBeforeTheOthersMoved_IsNotGivenWayTo()
    {
        var site = new Site(queues: 2);
        site.Start("a");
        site.Run(60);
        site.Start("b");
        site.Kill("b");

        site.Run(60);

        Assert.Equal(["a", "a"], site.Readers);
        Assert.Equal(0, site.Moves);
    }

    [Fact]
    public void OneThatComesAndGoesAllTheTime_MovesNobody()
    {
        var site = new Site(queues: 2);
        site.Start("a");
        site.Run(60);
        for (var times = 0; times < 20; times++)
        {
            site.Start("b");
            site.Stop("b");
            site.Run(2);
        }

        Assert.Equal(["a", "a"], site.Readers);
        Assert.Equal(0, site.Moves);
    }

    [Fact]
    public void AllThatLostTheirSubscriptions_ShareAsBefore_InWhateverOrderTheyCameBack()
    {
        var site = new Site(queues: 6);
        foreach (var name in (string[])["a", "b", "c"])
            site.Start(name);
        site.Run(60);
        site.LoseConnections("c", "b", "a");
        Assert.Equal(Enumerable.Repeat("c", 6), site.Readers);

        site.Run(Seconds);

        Assert.Equal(["a", "b", "c", "a", "b", "c"], site.Readers);
        AssertRests(site);
    }

    [Fact]
    public void OneThatWasNotHeardForAWhile_GetsItsShareBack()
    {
        var site = new Site(queues: 4);
        foreach (var name in (string[])["a", "b", "c"])
            site.Start(name);
        site.Run(60);

        site.Run(60, unheard: "a");
        site.Run(Seconds);

        Assert.Equal(["a", "b", "c", "a"], site.Readers);
        AssertRests(site);
    }

    [Fact]
    public void OneWithFewerQueues_HasNoShareInTheOthers()
    {
        var site = new Site(queues: 4);
        site.Start("a", reads: 2);
        site.Start("b");

        site.Run(Seconds);

        Assert.Equal(["a", "b", "b", "b"], site.Readers);
        AssertRests(site);
    }

    [Fact]
    public void MoreThanThereAreQueues_StandBy()
    {
        var site = new Site(queues: 2);
        foreach (var name in (string[])["a", "b", "c", "d"])
            site.Start(name);
        site.Run(Seconds);
        Assert.Equal(["a", "b"], site.Readers);

        site.Kill("a");
        site.Run(UntilForgotten);

        Assert.Equal(["b", "c"], site.Readers);
    }

    private static void AssertRests(Site site)
    {
        var (readers, moves) = (site.Readers.ToList(), site.Moves);
        site.Run(600);
        Assert.Equal(readers, site.Readers);
        Assert.Equal(moves, site.Moves);
    }
}
