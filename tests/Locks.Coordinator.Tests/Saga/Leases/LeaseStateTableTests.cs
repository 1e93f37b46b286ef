using Locks.Contracts;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Domain.Leases;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga.Leases;

/// <summary>Every event in every state of a lease: what is stored, what is sent, and that it never fails.</summary>
public sealed class LeaseStateTableTests
{
    private const string None = "Initial";
    private const string Active = nameof(LeaseStage.Active);
    private const string Ending = nameof(LeaseStage.Ending);
    private const string Ended = nameof(LeaseStage.Ended);
    private const string Silence = "";

    private static readonly Guid Id = LockKey.ToId("lease");
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    // What is stored in the message's course: nothing at all, when it changes nothing. In "Overdue" rows the lease of 30 s is over and nobody
    // has noticed.
    private static readonly Cell[] Table =
    [
        new(None, "Grant", Asker.A.Grant(Id), Active, nameof(LeaseGranted)),
        new(None, "Renew", new RenewLease(Id, Ttl, "owner"), null, nameof(LeaseNotFound)),
        new(None, "Revoke", new RevokeLease(Id, "operator"), Ended, nameof(LeaseNotFound)),
        new(None, "Describe", new DescribeLease(Id), null, nameof(LeaseNotFound)),
        new(None, "Due", new LeaseDue(Id), null, Silence),

        new(Active, "Grant", Asker.A.Grant(Id), null, nameof(LeaseGranted)),
        new(Active, "Renew", new RenewLease(Id, 2 * Ttl, "owner"), Active, nameof(LeaseRenewed)),
        new(Active, "Renew for less", new RenewLease(Id, Ttl, "owner"), null, nameof(LeaseRenewed)),
        new(Active, "Revoke", new RevokeLease(Id, "operator"), Ending, "LeaseEnded, LeaseDue, LeaseRevoked"),
        new(Active, "Describe", new DescribeLease(Id), null, nameof(LeaseDescribed)),
        new(Active, "Due too early", new LeaseDue(Id), Active, Silence),

        new(Active, "Grant when overdue", Asker.A.Grant(Id), Ending, "LeaseEnded, LeaseDue, LeaseNotFound") { IsOverdue = true },
        new(Active, "Renew when overdue", new RenewLease(Id, Ttl, "owner"), Ending, "LeaseEnded, LeaseDue, LeaseNotFound") { IsOverdue = true },
        new(Active, "Revoke when overdue", new RevokeLease(Id, "operator"), Ending, "LeaseEnded, LeaseDue, LeaseNotFound") { IsOverdue = true },
        new(Active, "Describe when overdue", new DescribeLease(Id), Ending, "LeaseEnded, LeaseDue, LeaseNotFound") { IsOverdue = true },
        new(Active, "Due", new LeaseDue(Id), Ending, "LeaseEnded, LeaseDue") { IsOverdue = true },

        new(Ending, "Grant", Asker.A.Grant(Id), null, nameof(LeaseNotFound)),
        new(Ending, "Renew", new RenewLease(Id, Ttl, "owner"), null, nameof(LeaseNotFound)),
        new(Ending, "Revoke", new RevokeLease(Id, "operator"), null, nameof(LeaseRevoked)),
        new(Ending, "Describe", new DescribeLease(Id), null, nameof(LeaseNotFound)),
        new(Ending, "Due, no lock is left", new LeaseDue(Id), Ended, Silence),

        new(Ended, "Grant", Asker.A.Grant(Id), null, nameof(LeaseNotFound)),
        new(Ended, "Renew", new RenewLease(Id, Ttl, "owner"), null, nameof(LeaseNotFound)),
        new(Ended, "Revoke", new RevokeLease(Id, "operator"), null, nameof(LeaseRevoked)),
        new(Ended, "Describe", new DescribeLease(Id), null, nameof(LeaseNotFound)),
        new(Ended, "Due", new LeaseDue(Id), null, Silence),
    ];

    public static TheoryData<string, string> Cells => [.. Table.Select(cell => (cell.State, cell.Case))];

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task EveryEventInEveryState_LeadsWhereTheTableSays(string state, string @case)
    {
        var cell = Table.Single(cell => cell.State == state && cell.Case == @case);
        var store = new ScriptedStore();
        if (state != None)
            await StoreAsync(store.Inner, LeaseUnderTest.In(Enum.Parse<LeaseStage>(state)).State);
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: store);
        if (cell.IsOverdue)
            coordinator.Time.Advance(Ttl);

        var delivery = await DeliverAsync(coordinator, cell.Message);

        Assert.Null(delivery.Fault);
        Assert.Equal(cell.Sends, string.Join(", ", delivery.Replies.Select(sent => sent.Message.GetType().Name)));
        Assert.Equal(cell.Stores, store.LeaseCommits.Select(writes => Assert.Single(writes).State.Stage.ToString()).FirstOrDefault());
        Assert.Empty(store.Commits);
    }

    [Fact]
    public void TheTable_HasEveryEventOfTheMachine_InEveryState()
    {
        var machine = Machines.OfLeases();
        var states = machine.States.Where(state => state != machine.Final).ToList();
        var events = machine.Events.Where(@event => @event.Name != "Due.AnyReceived").ToList();

        var missing =
            from state in states
            from @event in events
            where !Table.Any(cell => cell.State == state.Name && @event.GetType().GetInterfaces().Contains(typeof(Event<>).MakeGenericType(cell.Message.GetType())))
            select $"{state.Name} × {@event.Name}";

        Assert.Equal([Active, Ended, Ending, None], states.Select(state => state.Name).Order());
        Assert.Equal(5, events.Count);
        Assert.Empty(missing);
    }

    [Fact]
    public void TheStates_AreTheStages() =>
        Assert.Equal(
            Enum.GetNames<LeaseStage>().Except([nameof(LeaseStage.Unknown)]).Order(),
            Machines.OfLeases().States.Select(state => state.Name).Except([None, "Final"]).Order());

    // A note that has no timer's token is let through where a timer is set, and a lease that lives has one.
    private static async Task StoreAsync(ILockStore store, LeaseState state) =>
        Assert.Empty(await store.Leases.CommitAsync(
            [new LeaseWrite(0, 1, state, state.Stage == LeaseStage.Active ? LockKey.ToId("timer") : null, LeaseUnderTest.Noon)],
            CancellationToken.None));

    private static Task<Delivery> DeliverAsync(CoordinatorUnderTest coordinator, object message) => message switch
    {
        GrantLease grant => coordinator.DeliverAsync(grant, Asker.A),
        RenewLease renew => coordinator.DeliverAsync(renew, Asker.A),
        RevokeLease revoke => coordinator.DeliverAsync(revoke, Asker.B),
        DescribeLease describe => coordinator.DeliverAsync(describe, Asker.B),
        LeaseDue due => coordinator.DeliverAsync(due),
        _ => throw new InvalidOperationException($"The table has a {message.GetType().Name}."),
    };

    private sealed record Cell(string State, string Case, object Message, string? Stores, string Sends)
    {
        public bool IsOverdue { get; init; }
    }
}
