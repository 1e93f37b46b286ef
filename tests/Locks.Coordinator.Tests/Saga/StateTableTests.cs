using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>Every event in every state: where it leads, what is answered, and that it never fails.</summary>
public sealed class StateTableTests
{
    private const string None = "Initial";
    private const string Free = "Free";
    private const string Offered = "Offered";
    private const string Held = "Held";
    private const string Cooling = "Cooling";
    private const string Silence = "";

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan OfferTtl = TimeSpan.FromSeconds(10);
    private static readonly Guid Revocation = LockKey.ToId("revocation");

    // The holder is A: with a lease of 30 s, with an offer of 10 s, or with a cooldown of 30 s. In "overdue" rows that time is over, and no
    // coordinator has noticed. In the free state A had the lock. In rows "with a waiter" C waits in the queue, for 60 s.
    private static readonly Cell[] Table =
    [
        new(None, "Acquire", it => Asker.B.Try(), Held, nameof(LockAcquired)),
        new(None, "Acquire with a wait", it => Asker.B.Wait(), Held, nameof(LockAcquired)),
        new(None, "Cancel", it => Asker.B.Cancel(), Free, Silence),
        new(None, "Confirm", it => new ConfirmGrant(it.Key, Asker.B.AcquireId, 7), null, Silence),
        new(None, "Renew", it => new RenewLock(it.Key, "no token", Lease), null, $"{nameof(LockLost)} {LossReasons.NotHeld}"),
        new(None, "Release", it => new ReleaseLock(it.Key, "no token"), null, nameof(LockNotHeld)),
        new(None, "Revoke", it => new RevokeLock(it.Key, Revocation, "operator"), Free, nameof(LockNotHeld)),
        new(None, "Revoke one grant", it => new RevokeLock(it.Key, Revocation, "operator", 7), null, nameof(LockNotHeld)),
        new(None, "Cancel a waiter that is none", it => new CancelWaiter(it.Key, Asker.A.AttemptId, "operator"), null, nameof(WaiterNotFound)),
        new(None, "Expired", it => new LeaseExpired(it.Key, 7), null, Silence),

        new(Free, "Acquire", it => Asker.B.Try(), Held, nameof(LockAcquired)),
        new(Free, "Acquire with a wait", it => Asker.B.Wait(), Held, nameof(LockAcquired)),
        new(Free, "Acquire that is over", it => Asker.A.Try(), Free, $"{nameof(LockDenied)} {DenyReasons.Ended}"),
        new(Free, "Cancel", it => Asker.B.Cancel(), Free, Silence),
        new(Free, "Cancel that is over", it => Asker.A.Cancel(), Free, Silence),
        new(Free, "Confirm", it => new ConfirmGrant(it.Key, Asker.A.AcquireId, it.Fence), Free, Silence),
        new(Free, "Renew", it => new RenewLock(it.Key, it.Token, Lease), Free, $"{nameof(LockLost)} {LossReasons.NotHeld}"),
        new(Free, "Release", it => new ReleaseLock(it.Key, it.Token), Free, nameof(LockNotHeld)),
        new(Free, "Revoke", it => new RevokeLock(it.Key, Revocation, "operator"), Free, nameof(LockNotHeld)),
        new(Free, "Cancel a waiter that is none", it => new CancelWaiter(it.Key, Asker.A.AttemptId, "operator"), Free, nameof(WaiterNotFound)),
        new(Free, "Expired", it => new LeaseExpired(it.Key, it.Fence), Free, Silence),

        new(Offered, "Acquire", it => Asker.B.Try(), Offered, $"{nameof(LockDenied)} {DenyReasons.Busy}"),
        new(Offered, "Acquire with a wait", it => Asker.B.Wait(), Offered, Silence),
        new(Offered, "Acquire by the holder", it => Asker.A.Try(), Offered, nameof(LockAcquired)),
        new(Offered, "Cancel", it => Asker.B.Cancel(), Offered, Silence),
        new(Offered, "Cancel by the holder", it => Asker.A.Cancel(), Free, Silence),
        new(Offered, "Confirm", it => new ConfirmGrant(it.Key, Asker.A.AcquireId, it.Fence), Held, Silence),
        new(Offered, "Confirm by a stranger", it => new ConfirmGrant(it.Key, Asker.B.AcquireId, it.Fence), Offered, Silence),
        new(Offered, "Renew", it => new RenewLock(it.Key, it.Token, Lease), Held, nameof(LockRenewed)),
        new(Offered, "Renew by a stranger", it => new RenewLock(it.Key, "no token", Lease), Offered, $"{nameof(LockLost)} {LossReasons.Superseded}"),
        new(Offered, "Release", it => new ReleaseLock(it.Key, it.Token), Free, nameof(LockReleased)),
        new(Offered, "Release with a cooldown", it => new ReleaseLock(it.Key, it.Token, Lease), Cooling, nameof(LockReleased)),
        new(Offered, "Release by a stranger", it => new ReleaseLock(it.Key, "no token"), Offered, nameof(LockNotHeld)),
        new(Offered, "Revoke", it => new RevokeLock(it.Key, Revocation, "operator"), Free, nameof(LockRevoked)),
        new(Offered, "Cancel a waiter that is none", it => new CancelWaiter(it.Key, Asker.A.AttemptId, "operator"), Offered, nameof(WaiterNotFound)),
        new(Offered, "Expired too early", it => new LeaseExpired(it.Key, it.Fence), Offered, Silence),
        new(Offered, "Acquire when overdue", it => Asker.B.Try(), Held, nameof(LockAcquired)) { IsOverdue = true },
        new(Offered, "Cancel when overdue", it => Asker.B.Cancel(), Free, Silence) { IsOverdue = true },
        new(Offered, "Confirm when overdue", it => new ConfirmGrant(it.Key, Asker.A.AcquireId, it.Fence), Free, Silence) { IsOverdue = true },
        new(Offered, "Renew when overdue", it => new RenewLock(it.Key, it.Token, Lease), Free, $"{nameof(LockLost)} {LossReasons.Expired}") { IsOverdue = true },
        new(Offered, "Release when overdue", it => new ReleaseLock(it.Key, it.Token), Free, nameof(LockNotHeld)) { IsOverdue = true },
        new(Offered, "Revoke when overdue", it => new RevokeLock(it.Key, Revocation, "operator"), Free, nameof(LockNotHeld)) { IsOverdue = true },
        new(Offered, "Cancel a waiter that is none when overdue",
            it => new CancelWaiter(it.Key, Asker.A.AttemptId, "operator"), Free, nameof(WaiterNotFound)) { IsOverdue = true },
        new(Offered, "Expired", it => new LeaseExpired(it.Key, it.Fence), Free, Silence) { IsOverdue = true },
        new(Offered, "Expired with a waiter", it => new LeaseExpired(it.Key, it.Fence), Offered, nameof(LockAcquired)) { IsOverdue = true, HasWaiter = true },

        new(Held, "Acquire", it => Asker.B.Try(), Held, $"{nameof(LockDenied)} {DenyReasons.Busy}"),
        new(Held, "Acquire with a wait", it => Asker.B.Wait(), Held, Silence),
        new(Held, "Acquire with a wait and a wish", it => Asker.B.Wait() with { NotifyQueued = true }, Held, nameof(LockQueued)),
        new(Held, "Acquire by the holder", it => Asker.A.Try(), Held, nameof(LockAcquired)),
        new(Held, "Cancel", it => Asker.B.Cancel(), Held, Silence),
        new(Held, "Cancel by the holder", it => Asker.A.Cancel(), Free, Silence),
        new(Held, "Confirm", it => new ConfirmGrant(it.Key, Asker.A.AcquireId, it.Fence), Held, Silence),
        new(Held, "Confirm by a stranger", it => new ConfirmGrant(it.Key, Asker.B.AcquireId, it.Fence), Held, Silence),
        new(Held, "Renew", it => new RenewLock(it.Key, it.Token, Lease), Held, nameof(LockRenewed)),
        new(Held, "Renew by a stranger", it => new RenewLock(it.Key, "no token", Lease), Held, $"{nameof(LockLost)} {LossReasons.Superseded}"),
        new(Held, "Release", it => new ReleaseLock(it.Key, it.Token), Free, nameof(LockReleased)),
        new(Held, "Release by a stranger", it => new ReleaseLock(it.Key, "no token"), Held, nameof(LockNotHeld)),
        new(Held, "Release with a cooldown", it => new ReleaseLock(it.Key, it.Token, Lease), Cooling, nameof(LockReleased)),
        new(Held, "Revoke", it => new RevokeLock(it.Key, Revocation, "operator"), Free, nameof(LockRevoked)),
        new(Held, "Revoke another grant", it => new RevokeLock(it.Key, Revocation, "operator", it.Fence - 1), Held, nameof(LockNotHeld)),
        new(Held, "Cancel a waiter that is none", it => new CancelWaiter(it.Key, Asker.A.AttemptId, "operator"), Held, nameof(WaiterNotFound)),
        new(Held, "Expired too early", it => new LeaseExpired(it.Key, it.Fence), Held, Silence),
        new(Held, "Expired, an older grant", it => new LeaseExpired(it.Key, it.Fence - 1), Held, Silence),

        new(Held, "Acquire when overdue", it => Asker.B.Try(), Held, nameof(LockAcquired)) { IsOverdue = true },
        new(Held, "Acquire by the holder when overdue", it => Asker.A.Try(), Free, $"{nameof(LockDenied)} {DenyReasons.Ended}") { IsOverdue = true },
        new(Held, "Cancel when overdue", it => Asker.B.Cancel(), Free, Silence) { IsOverdue = true },
        new(Held, "Confirm when overdue", it => new ConfirmGrant(it.Key, Asker.A.AcquireId, it.Fence), Free, Silence) { IsOverdue = true },
        new(Held, "Renew when overdue", it => new RenewLock(it.Key, it.Token, Lease), Free, $"{nameof(LockLost)} {LossReasons.Expired}") { IsOverdue = true },
        new(Held, "Release when overdue", it => new ReleaseLock(it.Key, it.Token), Free, nameof(LockNotHeld)) { IsOverdue = true },
        new(Held, "Revoke when overdue", it => new RevokeLock(it.Key, Revocation, "operator"), Free, nameof(LockNotHeld)) { IsOverdue = true },
        new(Held, "Expired", it => new LeaseExpired(it.Key, it.Fence), Free, Silence) { IsOverdue = true },
        new(Held, "Expired, an older grant, when overdue", it => new LeaseExpired(it.Key, it.Fence - 1), Held, Silence) { IsOverdue = true },

        new(Held, "Cancel by the holder with a waiter", it => Asker.A.Cancel(), Offered, nameof(LockAcquired)) { HasWaiter = true },
        new(Held, "Release with a waiter", it => new ReleaseLock(it.Key, it.Token), Offered, $"{nameof(LockReleased)}, {nameof(LockAcquired)}") { HasWaiter = true },
        new(Held, "Revoke with a waiter", it => new RevokeLock(it.Key, Revocation, "operator"), Offered, $"{nameof(LockRevoked)}, {nameof(LockAcquired)}") { HasWaiter = true },
        new(Held, "Cancel the waiter", it => new CancelWaiter(it.Key, Asker.C.AttemptId, "operator"), Held,
            $"{nameof(WaiterCancelled)}, {nameof(LockDenied)} {DenyReasons.Cancelled}") { HasWaiter = true },
        new(Held, "Cancel the waiter when overdue", it => new CancelWaiter(it.Key, Asker.C.AttemptId, "operator"), Free,
            $"{nameof(WaiterCancelled)}, {nameof(LockDenied)} {DenyReasons.Cancelled}") { IsOverdue = true, HasWaiter = true },
        new(Held, "Expired with a waiter", it => new LeaseExpired(it.Key, it.Fence), Offered, nameof(LockAcquired)) { IsOverdue = true, HasWaiter = true },
        new(Held, "Acquire with a waiter when overdue", it => Asker.B.Try(), Offered, $"{nameof(LockAcquired)}, {nameof(LockDenied)} {DenyReasons.Busy}") { IsOverdue = true, HasWaiter = true },

        new(Cooling, "Acquire", it => Asker.B.Try(), Cooling, $"{nameof(LockDenied)} {DenyReasons.Busy}"),
        new(Cooling, "Acquire with a wait", it => Asker.B.Wait(), Cooling, Silence),
        new(Cooling, "Acquire by the holder", it => Asker.A.Try(), Cooling, $"{nameof(LockDenied)} {DenyReasons.Ended}"),
        new(Cooling, "Cancel", it => Asker.B.Cancel(), Cooling, Silence),
        new(Cooling, "Cancel by the holder", it => Asker.A.Cancel(), Cooling, Silence),
        new(Cooling, "Confirm", it => new ConfirmGrant(it.Key, Asker.A.AcquireId, it.Fence), Cooling, Silence),
        new(Cooling, "Renew", it => new RenewLock(it.Key, it.Token, Lease), Cooling, $"{nameof(LockLost)} {LossReasons.NotHeld}"),
        new(Cooling, "Release again", it => new ReleaseLock(it.Key, it.Token, Lease), Cooling, nameof(LockReleased)),
        new(Cooling, "Release by a stranger", it => new ReleaseLock(it.Key, "no token"), Cooling, nameof(LockNotHeld)),
        new(Cooling, "Revoke", it => new RevokeLock(it.Key, Revocation, "operator"), Free, nameof(LockRevoked)),
        new(Cooling, "Revoke with a waiter", it => new RevokeLock(it.Key, Revocation, "operator"), Offered, $"{nameof(LockRevoked)}, {nameof(LockAcquired)}") { HasWaiter = true },
        new(Cooling, "Cancel a waiter that is none", it => new CancelWaiter(it.Key, Asker.A.AttemptId, "operator"), Cooling, nameof(WaiterNotFound)),
        new(Cooling, "Expired too early", it => new LeaseExpired(it.Key, it.Fence), Cooling, Silence),
        new(Cooling, "Cancel the waiter", it => new CancelWaiter(it.Key, Asker.C.AttemptId, "operator"), Cooling,
            $"{nameof(WaiterCancelled)}, {nameof(LockDenied)} {DenyReasons.Cancelled}") { HasWaiter = true },
        new(Cooling, "Acquire when overdue", it => Asker.B.Try(), Held, nameof(LockAcquired)) { IsOverdue = true },
        new(Cooling, "Release when overdue", it => new ReleaseLock(it.Key, it.Token), Free, nameof(LockNotHeld)) { IsOverdue = true },
        new(Cooling, "Expired", it => new LeaseExpired(it.Key, it.Fence), Free, Silence) { IsOverdue = true },
        new(Cooling, "Expired with a waiter", it => new LeaseExpired(it.Key, it.Fence), Offered, nameof(LockAcquired)) { IsOverdue = true, HasWaiter = true },
    ];

    public static TheoryData<string, string> Cells => [.. Table.Select(cell => (cell.State, cell.Case))];

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task EveryEventInEveryState_LeadsWhereTheTableSays(string state, string @case)
    {
        var cell = Table.Single(cell => cell.State == state && cell.Case == @case);
        // The manual time's timers would notice an overdue lock, so that one is stored by a coordinator that is gone. It is overdue by no
        // time at all, because the next coordinator's sweeper ends what is overdue for longer.
        var before = await LockIn(state, cell.HasWaiter);
        if (cell.IsOverdue)
            before.Time.Advance(state == Offered ? OfferTtl : Lease);
        await using var coordinator = await CoordinatorUnderTest.StartAsync(store: before.Store, time: before.Time);
        // What an event sets the timer to may be due at once, and would lead on from where the event has led.
        coordinator.Timer.Dispose();

        var delivery = await DeliverAsync(coordinator, cell.Message(before));

        Assert.Null(delivery.Fault);
        Assert.Equal(cell.Reply, Describe(delivery));
        Assert.Equal(cell.After, await coordinator.StateAsync());
    }

    [Fact]
    public void TheTable_HasEveryEventOfTheMachine_InEveryState()
    {
        var machine = Machine();
        var states = machine.States.Where(state => state != machine.Final).ToList();
        // What a timer sends is let through to Received by MassTransit, when it is the current one.
        var events = machine.Events.Select(@event => @event.Name).Where(name => name != "Expiry.AnyReceived").ToList();

        var missing =
            from state in states
            from @event in events
            where !Table.Any(cell => cell.State == state.Name && EventOf(machine, cell) == @event)
            select $"{state.Name} × {@event}";

        Assert.Equal(["Cooling", "Free", "Held", "Initial", "Offered"], states.Select(state => state.Name).Order());
        Assert.Equal(8, events.Count);
        Assert.Empty(missing);
    }

    [Fact]
    public void TheMachine_AcceptsEveryEvent_InEveryState()
    {
        var machine = Machine();
        var events = machine.Events.Select(@event => @event.Name).Order();

        // In the initial state there is no timer, and MassTransit drops what a timer sends without asking the machine.
        Assert.Equal(events.Where(name => name != "Expiry.AnyReceived"), NextEvents(machine, machine.Initial));
        Assert.Equal(events, NextEvents(machine, machine.Free));
        Assert.Equal(events, NextEvents(machine, machine.Offered));
        Assert.Equal(events, NextEvents(machine, machine.Held));
        Assert.Equal(events, NextEvents(machine, machine.Cooling));
    }

    [Fact]
    public void TheStatesAreStoredByName_WhichIsThatOfTheStage()
    {
        var machine = Machine();

        Assert.Equal(typeof(string), typeof(LockSaga).GetProperty(nameof(LockSaga.CurrentState))!.PropertyType);
        Assert.All(Enum.GetValues<LockStage>(), stage => Assert.Equal((stage.ToString(), stage.ToString()), (stage.Name(), machine.StateOf(stage).Name)));
    }

    private static LockStateMachine Machine() => Machines.OfLocks();

    private static IEnumerable<string> NextEvents(LockStateMachine machine, State state) =>
        machine.NextEvents(state).Select(@event => @event.Name).Order();

    private static string EventOf(LockStateMachine machine, Cell cell)
    {
        var message = cell.Message(new LockBefore(CoordinatorUnderTest.Key, "token", 7, null!, null!)).GetType();
        return machine.Events
            .Where(@event => @event.Name != "Expiry.AnyReceived")
            .Single(@event => @event.GetType().GetInterfaces().Contains(typeof(Event<>).MakeGenericType(message))).Name;
    }

    private static async Task<LockBefore> LockIn(string state, bool hasWaiter)
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var grant = state switch
        {
            None => null,
            Offered => await OfferAsync(coordinator),
            _ => await coordinator.AcquireAsync(Asker.A),
        };
        if (hasWaiter)
            (await coordinator.DeliverAsync(Asker.C.Wait(), Asker.C)).Silent();
        if (state is Free or Cooling)
            await coordinator.DeliverAsync(new ReleaseLock(grant!.Key, grant.OwnerToken, state == Cooling ? Lease : null), Asker.A);

        Assert.Equal(state == None ? null : state, await coordinator.StateAsync());
        return new LockBefore(
            CoordinatorUnderTest.Key, grant?.OwnerToken ?? "no token", grant?.FencingToken ?? 0, coordinator.Store, coordinator.Time);
    }

    /// <summary>A waits for a lock that is released.</summary>
    private static async Task<LockAcquired> OfferAsync(CoordinatorUnderTest coordinator)
    {
        var held = await coordinator.AcquireAsync(new Asker("the first"));
        await coordinator.DeliverAsync(Asker.A.Wait(), Asker.A);
        await coordinator.DeliverAsync(new ReleaseLock(held.Key, held.OwnerToken));
        return await coordinator.ReplyAsync<LockAcquired>(Asker.A);
    }

    private static Task<Delivery> DeliverAsync(CoordinatorUnderTest coordinator, object message) => message switch
    {
        AcquireLock acquire => coordinator.DeliverAsync(acquire, acquire.AcquireId == Asker.A.AcquireId ? Asker.A : Asker.B),
        CancelAcquire cancel => coordinator.DeliverAsync(cancel, Asker.B),
        ConfirmGrant confirm => coordinator.DeliverAsync(confirm, Asker.B),
        RenewLock renew => coordinator.DeliverAsync(renew, Asker.B),
        ReleaseLock release => coordinator.DeliverAsync(release, Asker.B),
        RevokeLock revoke => coordinator.DeliverAsync(revoke, Asker.B),
        CancelWaiter cancel => coordinator.DeliverAsync(cancel, Asker.B),
        LeaseExpired expired => coordinator.DeliverAsync(expired),
        _ => throw new InvalidOperationException($"The table has a {message.GetType().Name}."),
    };

    private static string Describe(Delivery delivery) => string.Join(", ", delivery.Replies.Select(sent => sent.Message switch
    {
        LockDenied denied => $"{nameof(LockDenied)} {denied.Reason}",
        LockLost lost => $"{nameof(LockLost)} {lost.Reason}",
        var other => other.GetType().Name,
    }));

    private sealed record Cell(string State, string Case, Func<LockBefore, object> Message, string? After, string Reply)
    {
        public bool IsOverdue { get; init; }

        public bool HasWaiter { get; init; }
    }

    private sealed record LockBefore(string Key, string Token, long Fence, Storage.ILockStore Store, ManualTimeProvider Time);
}
