using Locks.Histories.Records;
using Xunit;

namespace Locks.Simulation.Tests.Histories;

/// <summary>What clients knew of their locks never overlaps, and tokens rise.</summary>
public sealed class HoldRuleTests
{
    [Fact]
    public void HoldsOneAfterTheOther_AreRight()
    {
        var story = new Story();
        story.Cycle("one", asked: 0, from: 10, until: 20, fence: 1);
        story.Cycle("two", asked: 5, from: 21, until: 30, fence: 2);

        story.IsRight();
    }

    [Fact]
    public void TwoCallersThatHoldTogether_AreFound()
    {
        var story = new Story();
        var one = story.Asks("one", at: 0);
        story.Gets(one, at: 10, fence: 1);
        var two = story.Asks("two", at: 5);
        story.Gets(two, at: 20, fence: 2);
        story.Holds(one, at: 25);

        story.Breaks("G1");
    }

    /// <summary>It looked before and after, and a lease has no holes.</summary>
    [Fact]
    public void AHolderThatDidNotLookWhileAnotherHeld_IsFound()
    {
        var story = new Story();
        var one = story.Asks("one", at: 0);
        story.Gets(one, at: 10, fence: 1);
        story.Cycle("two", asked: 5, from: 20, until: 30, fence: 2);
        story.Holds(one, at: 40);

        story.Breaks("G1");
    }

    [Theory]
    [InlineData(CallKind.Release, RecordKind.Ok, true)]
    [InlineData(CallKind.Renew, RecordKind.Ok, true)]
    [InlineData(CallKind.Release, RecordKind.Fail, false)]
    [InlineData(CallKind.Renew, RecordKind.Unknown, false)]
    public void AReleaseOrARenewalThatWasDone_SaysThatTheLockWasHeldUntilThen(CallKind what, RecordKind answer, bool isFound)
    {
        var story = new Story();
        var one = story.Asks("one", at: 0);
        story.Gets(one, at: 10, fence: 1);
        story.Cycle("two", asked: 5, from: 20, until: 30, fence: 2);
        story.Calls(one, what, from: 25, until: 26, answer);

        Assert.Equal(isFound, story.Check().Any(violation => violation.Promise == "G1"));
    }

    [Fact]
    public void AGrantThatWasOverWhenItArrived_IsNoHold()
    {
        var story = new Story();
        var one = story.Asks("one", at: 0);
        story.Cycle("two", asked: 5, from: 20, until: 30, fence: 2);
        story.Gets(one, at: 25, fence: 1, isHeld: false);

        story.IsRight();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    public void ATokenThatDoesNotRise_IsFound(long second)
    {
        var story = new Story();
        story.Cycle("one", asked: 0, from: 10, until: 20, fence: 2);
        story.Cycle("two", asked: 5, from: 21, until: 30, fence: second);

        story.Breaks("G3");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AWriteThatIsRefused_IsFound_IfItsHolderStillHeldAfterwards(bool stillHolds)
    {
        var story = new Story();
        var one = story.Asks("one", at: 0);
        story.Gets(one, at: 10, fence: 1);
        story.Calls(one, CallKind.Write, from: 12, until: 14, RecordKind.Fail);
        story.Holds(one, at: stillHolds ? 15 : 13);

        Assert.Equal(stillHolds, story.Check().Any(violation => violation.Promise == "G8"));
    }
}
