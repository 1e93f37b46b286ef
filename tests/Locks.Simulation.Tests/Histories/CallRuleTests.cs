using Locks.Histories.Records;
using Xunit;

namespace Locks.Simulation.Tests.Histories;

/// <summary>Every call ends within its bound, with an answer that callers may get; and at the end nothing is held.</summary>
public sealed class CallRuleTests
{
    private readonly Story _story = new();

    [Theory]
    [InlineData(1_000, true)]
    [InlineData(1_001, false)]
    public void ACallEnds_WithinItsBound(double at, bool isRight)
    {
        _story.Gets(_story.Asks("one", at: 0, bound: 1_000), at, fence: 1);

        Assert.Equal(isRight, _story.Check().Count == 0);
    }

    [Fact]
    public void ACallThatTakesTooLong_IsFound()
    {
        _story.Gets(_story.Asks("one", at: 0, bound: 1_000), at: 1_500, fence: 1);

        _story.Breaks("G12");
    }

    [Fact]
    public void TheTimeInWhichItsProcessWasStopped_DoesNotCount()
    {
        _story.Gets(_story.Asks("one", at: 0, bound: 1_000), at: 1_500, fence: 1);
        Stop("one");

        _story.IsRight();
    }

    [Fact]
    public void TheTimeInWhichAnotherProcessWasStopped_Counts()
    {
        _story.Gets(_story.Asks("one", at: 0, bound: 1_000), at: 1_500, fence: 1);
        Stop("two");

        _story.Breaks("G12");
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(1_500, false)]
    public void ACallOfAProcessThatIsKilled_EndsThen(double killedAt, bool isRight)
    {
        _story.Asks("one", at: 0, bound: 1_000);
        _story.Add(Fault("one", killedAt, FaultKind.Killed)).Cycle("two", asked: 4_000, from: 4_001, until: 4_002, fence: 1);

        Assert.Equal(isRight, _story.Check().Count == 0);
    }

    [Fact]
    public void ACallThatNeverEnds_IsFound()
    {
        _story.Asks("one", at: 0, bound: 1_000);
        _story.Cycle("two", asked: 4_000, from: 4_001, until: 4_002, fence: 1);

        _story.Breaks("G12");
    }

    [Fact]
    public void ACallThatIsLeftWhenItsProcessEnds_IsFound()
    {
        _story.Asks("one", at: 0);
        _story.Add(new() { At = Story.Ns(10), Process = "one", Kind = RecordKind.Ended });

        _story.Breaks("G12");
    }

    [Fact]
    public void AnExceptionThatNoCallerMayGet_IsFound()
    {
        var (process, call) = _story.Asks("one", at: 0);
        _story.Add(new() { At = Story.Ns(10), Process = process, Kind = RecordKind.Wrong, Call = call, Text = "NullReferenceException" });

        _story.Breaks("G9");
    }

    [Fact]
    public void ALockThatStays_IsFound()
    {
        _story.Add(new() { At = 0, Process = "end", Kind = RecordKind.Stays, Key = "a", Text = "Held" });

        _story.Breaks("G5");
    }

    private void Stop(string process)
    {
        var begun = Fault(process, at: 200, FaultKind.Stopped);
        _story.Add(begun).Add(begun with { At = Story.Ns(800), Kind = RecordKind.FaultEnded });
    }

    private static HistoryRecord Fault(string process, double at, FaultKind fault) =>
        new() { At = Story.Ns(at), Process = process, Kind = RecordKind.Fault, Fault = fault };
}
