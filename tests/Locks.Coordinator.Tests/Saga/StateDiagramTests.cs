using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga;
using Locks.TestKit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

public sealed class StateDiagramTests
{
    private const string File = "docs/state-machine.md";
    private const string Begin = "<!-- begin: drawn from LockStateMachine -->";
    private const string End = "<!-- end: drawn from LockStateMachine -->";

    private readonly LockStateMachine _machine = new(new LockRules(), new CoordinatorClock(new ManualTimeProvider()));

    [Fact]
    public void TheDiagramInTheDocs_IsTheMachine()
    {
        var page = System.IO.File.ReadAllText(Repository.PathOf(File)).ReplaceLineEndings("\n");
        var before = page[..(page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length)];
        var after = page[page.IndexOf(End, StringComparison.Ordinal)..];

        Approved.Verify(File, $"{before}\n```mermaid\n{StateDiagram.Of(_machine).ToMermaid(_machine)}```\n{after}");
    }

    [Fact]
    public void TheDiagram_HasBothWaysOutOfADecision()
    {
        var arrows = StateDiagram.Of(_machine).Arrows;

        Assert.Contains(("Held", "ReleaseRequested", "Free"), arrows);
        Assert.Contains(("Held", "ReleaseRequested", "Held"), arrows);
        Assert.Contains(("Free", "AcquireRequested", "Held"), arrows);
        Assert.DoesNotContain(("Free", "RenewRequested", "Held"), arrows);
    }

    [Fact]
    public void TheDiagram_HasEveryEventOfEveryState()
    {
        var drawn = StateDiagram.Of(_machine).Arrows.Select(arrow => (arrow.From, arrow.Event)).Distinct().Order();
        var machine =
            from state in _machine.States
            from @event in _machine.NextEvents(state)
            select (state.Name, @event.Name);

        Assert.Equal(machine.Order(), drawn);
    }
}
