using Locks.Histories.Records;
using Xunit;

namespace Locks.Simulation.Tests.Histories;

/// <summary>What the guarded resource accepted.</summary>
public sealed class ResourceRuleTests
{
    private readonly Story _story = new();

    [Fact]
    public void WritesInTheOrderOfTheirTokens_AreRight()
    {
        _story.Accepts(Write("one", at: 10, fence: 1), 1).Accepts(Write("two", at: 30, fence: 2), 2);

        _story.IsRight();
    }

    [Fact]
    public void AnOlderTokenThatIsAccepted_IsFound()
    {
        var late = Write("one", at: 10, fence: 1, answer: RecordKind.Unknown);
        _story.Accepts(Write("two", at: 30, fence: 2), 2).Accepts(late, 1);

        _story.Breaks("fencing");
    }

    [Fact]
    public void AnAcceptedWrite_ThatDidNotBegin_IsFound()
    {
        _story.Accepts(("one", 99), 1);

        _story.Breaks("resource");
    }

    [Fact]
    public void AnAcceptedWrite_ThatWasAnsweredAsRefused_IsFound()
    {
        _story.Accepts(Write("one", at: 10, fence: 1, answer: RecordKind.Fail), 1);

        _story.Breaks("resource");
    }

    [Fact]
    public void AWriteThatTheResourceLost_IsFound()
    {
        Write("one", at: 10, fence: 1);

        _story.Breaks("resource");
    }

    [Fact]
    public void AWriteWithAnotherTokenThanItsGrants_IsFound()
    {
        _story.Accepts(Write("one", at: 10, fence: 1), 7);

        _story.Breaks("G3");
    }

    private (string Process, long Call) Write(string process, double at, long fence, RecordKind answer = RecordKind.Ok)
    {
        var caller = _story.Asks(process, at);
        _story.Gets(caller, at + 1, fence);
        return _story.Calls(caller, CallKind.Write, at + 2, at + 3, answer);
    }
}
