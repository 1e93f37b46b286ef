using Locks.Histories.Records;
using Xunit;

namespace Locks.Simulation.Tests.Histories;

/// <summary>First in, first out, where the history shows the order.</summary>
public sealed class QueueRuleTests
{
    private readonly Story _story = new();

    public QueueRuleTests() => _story.Cycle("holder", asked: 0, from: 1, until: 100, fence: 1);

    [Fact]
    public void TheOneThatWaitedFirst_ComesFirst()
    {
        var first = _story.Asks("first", at: 10);
        _story.Waits(first, at: 15);
        _story.Gets(first, at: 101, fence: 2).Holds(first, at: 110);
        _story.Calls(first, CallKind.Release, from: 111, until: 112);
        _story.Cycle("second", asked: 20, from: 120, until: 130, fence: 3);

        _story.IsRight();
    }

    [Fact]
    public void OneThatCalledLater_AndComesFirst_IsFound()
    {
        Pass(first => _story.Waits(first, at: 15));

        _story.Breaks("G4");
    }

    [Fact]
    public void OneThatWasNotToldThatItWaits_HasNoKnownPlace()
    {
        Pass(_ => { });

        _story.IsRight();
    }

    [Fact]
    public void OneThatWasToldAfterTheOtherHadCalled_HasNoKnownPlace()
    {
        Pass(first => _story.Waits(first, at: 25));

        _story.IsRight();
    }

    [Theory]
    [InlineData(1, 2, false)]
    [InlineData(2, 1, true)]
    public void OneWhoseRankRises_HasBegunAnew(int rank, int later, bool isFound)
    {
        Pass(first => _story.Waits(first, at: 15, rank).Waits(first, at: 50, later));

        Assert.Equal(isFound, _story.Check().Count > 0);
    }

    [Theory]
    [InlineData(1_200, false)]
    [InlineData(900, true)]
    public void ATimeInWhichAnUnseenOfferMayHaveRunOut_EndsWhatIsKnown(double pause, bool isFound)
    {
        Pass(first => _story.Waits(first, at: 15), pause);

        Assert.Equal(isFound, _story.Check().Count > 0);
    }

    [Fact]
    public void OneThatHasWaitedForLong_MayHaveBeenPassedOver()
    {
        var first = _story.Asks("first", at: 2, bound: 60_000);
        _story.Waits(first, at: 3);
        for (var turn = 0; turn < 30; turn++)
            _story.Cycle("second", asked: 101 + (turn * 900), from: 102 + (turn * 900), until: 1_000 + (turn * 900), fence: 2 + turn);
        _story.Gets(first, at: 28_000, fence: 50);

        Assert.Equal(23, _story.Check().Count(violation => violation.Promise == "G4"));
    }

    [Theory]
    [InlineData("first", false)]
    [InlineData("third", true)]
    public void AHoldOfItsOwnProcess_ThatWasLost_MayHaveTakenTheCohortAlong(string process, bool isFound)
    {
        var first = _story.Asks("first", at: 10);
        _story.Waits(first, at: 15);
        var lost = _story.Asks(process, at: 5);
        _story.Gets(lost, at: 101, fence: 2).Holds(lost, at: 110);
        _story.Calls(lost, CallKind.Release, from: 111, until: 112, RecordKind.Fail);
        _story.Cycle("second", asked: 20, from: 120, until: 130, fence: 3);
        _story.Gets(first, at: 140, fence: 4);

        Assert.Equal(isFound, _story.Check().Count > 0);
    }

    /// <summary>The second calls at 20, and gets the lock before the first, after a pause.</summary>
    private void Pass(Action<(string Process, long Call)> told, double pause = 1)
    {
        var first = _story.Asks("first", at: 10);
        told(first);
        _story.Cycle("second", asked: 20, from: 100 + pause, until: 120 + pause, fence: 2);
        _story.Gets(first, at: 130 + pause, fence: 3);
    }
}
