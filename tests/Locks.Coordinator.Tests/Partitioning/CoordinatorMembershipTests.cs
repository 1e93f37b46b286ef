using Xunit;

namespace Locks.Coordinator.Tests.Partitioning;

/// <summary>The coordinators share the partitions evenly, within seconds, and none moves without need.</summary>
public sealed class CoordinatorMembershipTests
{
    private const double Seconds = 4;
    private const double UntilForgotten = 12;

    [Fact]
    public void One_ReadsAll_AndNeverMoves()
    {
        var simulation = new PartitionSimulation(queues: 4);
        simulation.Start("a");

        simulation.Run(600);

        Assert.Equal(["a", "a", "a", "a"], simulation.Readers);
        Assert.Equal(0, simulation.Moves);
    }

    [Fact]
    public void Two_ShareWithinSeconds_AndThenNoneMoves()
    {
        var simulation = new PartitionSimulation(queues: 4);
        simulation.Start("a");
        simulation.Run(60);
        simulation.Start("b");
        Assert.Equal(["a", "a", "a", "a"], simulation.Readers);

        simulation.Run(Seconds);

        Assert.Equal(["a", "b", "a", "b"], simulation.Readers);
        AssertRests(simulation);
    }

    [Fact]
    public void Three_ThatStartTogether_Share()
    {
        var simulation = new PartitionSimulation(queues: 6);
        simulation.Start("a");
        simulation.Start("b");
        simulation.Start("c");

        simulation.Run(Seconds);

        Assert.Equal(["a", "b", "c", "a", "b", "c"], simulation.Readers);
        AssertRests(simulation);
    }

    [Fact]
    public void OneOfThree_ThatLeaves_IsReplacedAtOnce_AndTheRestShare()
    {
        var simulation = new PartitionSimulation(queues: 6);
        foreach (var name in (string[])["a", "b", "c"])
            simulation.Start(name);
        simulation.Run(60);

        simulation.Stop("b");
        Assert.DoesNotContain("none", simulation.Readers);
        simulation.Run(Seconds);

        Assert.Equal(["a", "c", "a", "c", "a", "c"], simulation.Readers);
        AssertRests(simulation);
    }

    [Fact]
    public void OneOfThree_ThatIsKilled_IsForgotten_AndTheRestShare()
    {
        var simulation = new PartitionSimulation(queues: 6);
        foreach (var name in (string[])["a", "b", "c"])
            simulation.Start(name);
        simulation.Run(60);

        simulation.Kill("a");
        Assert.DoesNotContain("none", simulation.Readers);
        Assert.DoesNotContain("a", simulation.Readers);
        simulation.Run(UntilForgotten);

        Assert.Equal(["b", "c", "b", "c", "b", "c"], simulation.Readers);
        AssertRests(simulation);
    }

    [Fact]
    public void OneThatIsKilled_AndComesBackBeforeItIsForgotten_GetsItsShare()
    {
        var simulation = new PartitionSimulation(queues: 2);
        simulation.Start("a");
        simulation.Start("b");
        simulation.Run(60);
        simulation.Kill("b");
        Assert.Equal(["a", "a"], simulation.Readers);

        simulation.Start("b");
        simulation.Run(UntilForgotten);

        Assert.Equal(["a", "b"], simulation.Readers);
        AssertRests(simulation);
    }

    [Fact]
    public void OneThatIsKilledBeforeTheOthersMoved_IsNotYieldedTo()
    {
        var simulation = new PartitionSimulation(queues: 2);
        simulation.Start("a");
        simulation.Run(60);
        simulation.Start("b");
        simulation.Kill("b");

        simulation.Run(60);

        Assert.Equal(["a", "a"], simulation.Readers);
        Assert.Equal(0, simulation.Moves);
    }

    [Fact]
    public void OneThatComesAndGoesAllTheTime_MovesNone()
    {
        var simulation = new PartitionSimulation(queues: 2);
        simulation.Start("a");
        simulation.Run(60);
        for (var times = 0; times < 20; times++)
        {
            simulation.Start("b");
            simulation.Stop("b");
            simulation.Run(2);
        }

        Assert.Equal(["a", "a"], simulation.Readers);
        Assert.Equal(0, simulation.Moves);
    }

    [Fact]
    public void AllThatLostTheirSubscriptions_ShareAsBefore_InWhateverOrderTheyCameBack()
    {
        var simulation = new PartitionSimulation(queues: 6);
        foreach (var name in (string[])["a", "b", "c"])
            simulation.Start(name);
        simulation.Run(60);
        simulation.LoseConnections("c", "b", "a");
        Assert.Equal(Enumerable.Repeat("c", 6), simulation.Readers);

        simulation.Run(Seconds);

        Assert.Equal(["a", "b", "c", "a", "b", "c"], simulation.Readers);
        AssertRests(simulation);
    }

    [Fact]
    public void OneThatWasNotHeardForAWhile_GetsItsShareBack()
    {
        var simulation = new PartitionSimulation(queues: 4);
        foreach (var name in (string[])["a", "b", "c"])
            simulation.Start(name);
        simulation.Run(60);

        simulation.Run(60, unheard: "a");
        simulation.Run(Seconds);

        Assert.Equal(["a", "b", "c", "a"], simulation.Readers);
        AssertRests(simulation);
    }

    [Fact]
    public void OneWithFewerQueues_HasNoShareInTheOthers()
    {
        var simulation = new PartitionSimulation(queues: 4);
        simulation.Start("a", reads: 2);
        simulation.Start("b");

        simulation.Run(Seconds);

        Assert.Equal(["a", "b", "b", "b"], simulation.Readers);
        AssertRests(simulation);
    }

    [Fact]
    public void MoreThanThereAreQueues_StandBy()
    {
        var simulation = new PartitionSimulation(queues: 2);
        foreach (var name in (string[])["a", "b", "c", "d"])
            simulation.Start(name);
        simulation.Run(Seconds);
        Assert.Equal(["a", "b"], simulation.Readers);

        simulation.Kill("a");
        simulation.Run(UntilForgotten);

        Assert.Equal(["b", "c"], simulation.Readers);
    }

    private static void AssertRests(PartitionSimulation simulation)
    {
        var (readers, moves) = (simulation.Readers.ToList(), simulation.Moves);
        simulation.Run(600);
        Assert.Equal(readers, simulation.Readers);
        Assert.Equal(moves, simulation.Moves);
    }
}
