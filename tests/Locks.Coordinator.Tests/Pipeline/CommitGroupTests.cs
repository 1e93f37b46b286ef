using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Rules;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Domain;
using Locks.Coordinator.Tests.Saga;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Pipeline;

/// <summary>Several decisions before one commit: the store sees what is different in the end, and nothing of the way there.</summary>
public sealed class CommitGroupTests
{
    private static readonly Attempt A = Attempt.A;
    private static readonly Attempt B = Attempt.B;
    private static readonly Attempt C = Attempt.C;

    private readonly ScriptedStore _store = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LockRules _rules = new();
    private readonly Guid _id = LockKey.ToId("orders/42");

    private CoordinatorClock Clock => new(_time);

    [Fact]
    public async Task SeveralDecisions_AreOneWrite()
    {
        var write = await CommitAsync(A.Try(), B.Wait(), C.Wait());

        Assert.Equal((_id, 0L), (write.Id, write.ExpectedVersion));
        Assert.True(write.NewVersion > 0);
        Assert.Equal(A.Id, write.State.Holder!.AcquireId);
        Assert.Equal([B.Id, C.Id], write.Enqueued.Select(waiter => waiter.AcquireId));
        Assert.Empty(write.Dequeued);
    }

    [Fact]
    public async Task AWaiterThatCameAndWent_IsNeitherInsertedNorDeleted()
    {
        var write = await CommitAsync(A.Try(), B.Wait(), C.Wait(), B.Cancel());

        Assert.Equal([C.Id], write.Enqueued.Select(waiter => waiter.AcquireId));
        Assert.Empty(write.Dequeued);
    }

    [Fact]
    public async Task AWaiterThatWasGrantedInTheSameUnit_IsNeitherInsertedNorDeleted()
    {
        var write = await CommitAsync(A.Try(), B.Wait(), A.Release());

        Assert.Equal(B.Id, write.State.Holder!.AcquireId);
        Assert.Empty(write.Enqueued);
        Assert.Empty(write.Dequeued);
    }

    [Fact]
    public async Task AStoredWaiterThatLeaves_IsDeleted()
    {
        var first = await CommitAsync(A.Try(), B.Wait(), C.Wait());

        var second = await CommitAsync(B.Cancel());

        Assert.Equal(first.NewVersion, second.ExpectedVersion);
        Assert.Empty(second.Enqueued);
        Assert.Equal([first.State.Waiters.Find(B.Id)!.Ticket], second.Dequeued);
    }

    [Fact]
    public async Task AStoredWaiterThatMovesAndLeaves_IsDeleted()
    {
        var first = await CommitAsync(A.Try(), B.Wait());

        var second = await CommitAsync((B with { ReplyTo = C.ReplyTo }).Wait(), B.Cancel());

        Assert.Empty(second.Enqueued);
        Assert.Equal([first.State.Waiters.Find(B.Id)!.Ticket], second.Dequeued);
    }

    [Fact]
    public async Task AStoredWaiterThatMoves_IsStoredUnderItsNewAddress()
    {
        await CommitAsync(A.Try(), B.Wait());

        var second = await CommitAsync((B with { ReplyTo = C.ReplyTo }).Wait());

        Assert.Equal(C.ReplyTo, Assert.Single(second.Enqueued).ReplyTo);
        Assert.Empty(second.Dequeued);
    }

    [Fact]
    public async Task ANewWaiterThatMovesAndLeaves_IsNeitherInsertedNorDeleted()
    {
        var write = await CommitAsync(A.Try(), B.Wait(), (B with { ReplyTo = C.ReplyTo }).Wait(), B.Cancel());

        Assert.Empty(write.Enqueued);
        Assert.Empty(write.Dequeued);
    }

    [Fact]
    public async Task ManyKeys_AreOneCommit_AndOneOfThemMayBeRefused()
    {
        var group = new CommitGroup(_store, Clock, []);
        foreach (var key in new[] { "a", "b", "c" })
            Drive(group.FindOrAdd(LockKey.ToId(key), key), A.Try());

        _store.OnCommit = async (_, writes) =>
        {
            await _store.Inner.CommitAsync([.. writes.Where(write => write.State.Key != "b")], CancellationToken.None);
            return new HashSet<Guid> { LockKey.ToId("b") };
        };
        var result = await group.CommitAsync(CancellationToken.None);

        Assert.Equal([LockKey.ToId("b")], result.Refused);
        Assert.Equal((true, false, true), (result.Holds(LockKey.ToId("a")), result.Holds(LockKey.ToId("b")), result.Holds(LockKey.ToId("c"))));
        Assert.Equal(3, Assert.Single(_store.Commits).Count);
        Assert.Equal(2, (await _store.LoadAsync([LockKey.ToId("a"), LockKey.ToId("b"), LockKey.ToId("c")], CancellationToken.None)).Count);
    }

    [Fact]
    public async Task ALockThatSeveralEventsConcern_IsReadOnce()
    {
        await CommitAsync(A.Try());
        var group = new CommitGroup(_store, Clock, [new Idle(_id), new Idle(_id)]);

        await group.ReadAsync(_ => null, CancellationToken.None);

        Assert.NotNull(group.Find(_id));
        Assert.Same(group.Find(_id), group.FindOrAdd(_id, "orders/42"));
    }

    [Fact]
    public async Task AMachineAndALockThatDisagree_AreNotStored()
    {
        var group = new CommitGroup(_store, Clock, []);
        var saga = group.FindOrAdd(_id, "orders/42");
        Drive(saga, A.Try());
        saga.CurrentState = "Free";

        await Assert.ThrowsAsync<LockInvariantException>(() => group.CommitAsync(CancellationToken.None));
        Assert.Empty(_store.Commits);
    }

    /// <summary>Decides all requests on the stored lock in one commit group.</summary>
    private async Task<LockWrite> CommitAsync(params LockRequest[] requests)
    {
        var group = new CommitGroup(_store, Clock, [new Idle(_id)]);
        await group.ReadAsync(_ => null, CancellationToken.None);
        Drive(group.FindOrAdd(_id, "orders/42"), requests);
        Assert.Empty((await group.CommitAsync(CancellationToken.None)).Refused);
        return Assert.Single(_store.Commits[^1]);
    }

    private void Drive(LockSaga saga, params LockRequest[] requests)
    {
        foreach (var request in requests)
        {
            saga.Apply(_rules.Decide(saga.Lock, request, Clock.Now));
            saga.CurrentState = saga.Lock.Stage.Name();
        }
    }

    /// <summary>Has its lock read, and does nothing.</summary>
    private sealed class Idle(Guid lockId) : WorkItem(lockId, scheduler: null!)
    {
        public override string Name => nameof(Idle);

        public override ConsumeContext? Origin => null;

        protected override Task RaiseAsync(CommitGroup group) => Task.CompletedTask;
    }
}
