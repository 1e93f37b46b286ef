using Locks.Coordinator.Machine;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

public sealed class StateDiagramTests
{
    private const string File = "docs/state-machine.md";

    private static StateDiagram<LockSaga> Locks => new(Machines.OfLocks());

    private static StateDiagram<LeaseSaga> Leases => new(Machines.OfLeases());

    [Fact]
    public void TheDiagramsInTheDocs_AreTheMachines()
    {
        var page = System.IO.File.ReadAllText(Repository.PathOf(File)).ReplaceLineEndings("\n");

        Approved.Verify(File, Redraw(Redraw(page, nameof(LockStateMachine), Locks.ToMermaid()), nameof(LeaseStateMachine), Leases.ToMermaid()));
    }

    [Fact]
    public void TheDiagram_HasTheEdgesOfALocksLife()
    {
        var arrows = Locks.Arrows;

        Assert.Contains(("Free", "AcquireRequested", "Held"), arrows);
        Assert.Contains(("Held", "ReleaseRequested", "Free"), arrows);
        Assert.Contains(("Held", "ReleaseRequested", "Offered"), arrows);
        Assert.Contains(("Held", "ReleaseRequested", "Cooling"), arrows);
        Assert.Contains(("Offered", "GrantConfirmed", "Held"), arrows);
        Assert.Contains(("Cooling", "Expiry.Received", "Offered"), arrows);
        Assert.DoesNotContain(("Free", "RenewRequested", "Held"), arrows);
        Assert.DoesNotContain(arrows, arrow => arrow is { From: "Held", Event: "AcquireRequested", To: not "Held" });
    }

    [Fact]
    public void TheDiagram_OfALease_LeadsOneWay()
    {
        var arrows = Leases.Arrows;

        Assert.Contains(("Active", "RevokeRequested", "Ending"), arrows);
        Assert.Contains(("Ending", "Due.AnyReceived", "Ended"), arrows);
        Assert.DoesNotContain(arrows, arrow => arrow is { From: "Ended", To: not "Ended" });
    }

    [Fact]
    public void TheDiagrams_HaveEveryEventOfEveryState()
    {
        AssertHasAll(Machines.OfLocks(), Locks.Arrows);
        AssertHasAll(Machines.OfLeases(), Leases.Arrows);
    }

    private static void AssertHasAll(StateMachine machine, IEnumerable<(string From, string Event, string To)> arrows) =>
        Assert.Equal(
            machine.States.SelectMany(state => machine.NextEvents(state).Select(@event => (state.Name, @event.Name))).Order(),
            arrows.Select(arrow => (arrow.From, arrow.Event)).Distinct().Order());

    private static string Redraw(string page, string machine, string diagram)
    {
        var begin = $"<!-- begin: drawn from {machine} -->";
        var before = page[..(page.IndexOf(begin, StringComparison.Ordinal) + begin.Length)];
        var after = page[page.IndexOf($"<!-- end: drawn from {machine} -->", StringComparison.Ordinal)..];
        return $"{before}\n```mermaid\n{diagram}```\n{after}";
    }
}
