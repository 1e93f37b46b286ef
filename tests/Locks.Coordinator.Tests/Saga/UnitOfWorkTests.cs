using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Saga;
using Locks.Coordinator.Storage;
using Locks.Coordinator.Tests.Domain;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>Several decisions before one commit: the store sees what is different in the end, and nothing of the way there.</summary>
public sealed class UnitOfWorkTests
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
        var work = new LockUnitOfWork(_store, Clock);
        foreach (var key in new[] { "a", "b", "c" })
        {
            var saga = LockSaga.NeverTaken(key);
            work.Add(saga);
            Drive(saga, A.Try());
        }

        _store.OnCommit = async (_, writes) =>
        {
            await _store.Inner.CommitAsync([.. writes.Where(write => write.State.Key != "b")], CancellationToken.None);
            return new HashSet<Guid> { LockKey.ToId("b") };
        };
        var conflict = await Assert.ThrowsAsync<LockConflictException>(() => work.CommitAsync(CancellationToken.None));

        Assert.Equal([LockKey.ToId("b")], conflict.Ids);
        Assert.Equal(3, Assert.Single(_store.Commits).Count);
        Assert.Equal(2, (await _store.LoadAsync([LockKey.ToId("a"), LockKey.ToId("b"), LockKey.ToId("c")], CancellationToken.None)).Count);
    }

    [Fact]
    public async Task ASagaThatIsReadTwice_IsReadOnce()
    {
        await CommitAsync(A.Try());
        var work = new LockUnitOfWork(_store, Clock);

        Assert.Same(await work.LoadAsync(_id, CancellationToken.None), await work.LoadAsync(_id, CancellationToken.None));
    }

    [Fact]
    public async Task AMachineAndALockThatDisagree_AreNotStored()
    {
        var work = new LockUnitOfWork(_store, Clock);
        var saga = LockSaga.NeverTaken("orders/42");
        work.Add(saga);
        Drive(saga, A.Try());
        saga.CurrentState = "Free";

        await Assert.ThrowsAsync<LockInvariantException>(() => work.CommitAsync(CancellationToken.None));
        Assert.Empty(_store.Commits);
    }

    /// <summary>Decides all requests on the stored lock in one unit of work.</summary>
    private async Task<LockWrite> CommitAsync(params LockRequest[] requests)
    {
        var work = new LockUnitOfWork(_store, Clock);
        var saga = await work.LoadAsync(_id, CancellationToken.None);
        if (saga is null)
        {
            saga = LockSaga.NeverTaken("orders/42");
            work.Add(saga);
        }

        Drive(saga, requests);
        await work.CommitAsync(CancellationToken.None);
        return Assert.Single(_store.Commits[^1]);
    }

    private void Drive(LockSaga saga, params LockRequest[] requests)
    {
        foreach (var request in requests)
        {
            saga.Apply(_rules.Decide(saga.Lock, request, Clock.Now));
            saga.CurrentState = saga.Lock.Holder is null ? "Free" : "Held";
        }
    }
}
