using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Domain.Leases;
using Locks.Coordinator.Hosting;
using Locks.Coordinator.Inbound;
using Locks.Coordinator.Machine;
using Locks.Coordinator.Pipeline;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using MassTransit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Locks.Coordinator.Tests.Saga.Leases;

/// <summary>From a message about a lease to its commit and to who is told.</summary>
public sealed class LeaseRepositoryTests
{
    private static readonly Guid Id = LockKey.ToId("lease");

    private readonly ScriptedStore _store = new();

    [Fact]
    public async Task AReply_LeavesOnlyAfterTheCommitThatHoldsIt()
    {
        var reached = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        _store.OnLeaseCommit = async (_, _) =>
        {
            reached.TrySetResult();
            await goOn.Task;
            return null;
        };
        await using var coordinator = await StartAsync();

        var message = await coordinator.SendAsync(Asker.A.Grant(Id), Asker.A);
        await reached.Task.Within();
        var tooEarly = coordinator.AllSent.Count(sent => sent.Cause == message);
        goOn.SetResult();
        Assert.Equal(0, tooEarly);

        Assert.Equal(new LeaseGranted(Id, TimeSpan.FromSeconds(30)), (await coordinator.DoneAsync(message)).Reply<LeaseGranted>());
        Assert.Equal((Asker.A.RequestId, Asker.A.Address, false), coordinator.RepliesTo(Asker.A).Select(sent => (sent.RequestId, sent.To, sent.IsDurable)).Single());
    }

    [Fact]
    public async Task ConflictsAndAnAwayStore_AreTriedAgain_AndAnsweredOnce()
    {
        _store.OnLeaseCommit = (commit, writes) => commit switch
        {
            1 or 3 => throw ScriptedStore.Away(),
            2 or 4 or 5 => ScriptedStore.Refuse(writes),
            _ => ScriptedStore.GoOn(),
        };
        await using var coordinator = await StartAsync();

        (await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A)).Reply<LeaseGranted>();

        Assert.Equal(6, _store.LeaseCommits.Count);
        Assert.Equal(1, coordinator.Timer.Count);
    }

    [Fact]
    public async Task RequestsForOneLease_AreDecidedOneAfterAnother()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);

        var messages = await Task.WhenAll(Enumerable.Range(1, 50).Select(i => coordinator.SendAsync(new RenewLease(Id, TimeSpan.FromSeconds(30 + i), "owner"), Asker.A)));
        var deliveries = await Task.WhenAll(messages.Select(coordinator.DoneAsync));

        Assert.All(deliveries, delivery => delivery.Reply<LeaseRenewed>());
        Assert.Equal(LeaseEnds(80), (await coordinator.StoredLeaseAsync(Id))!.State.Grant!.ExpiresAt);
        // No conflict was ever provoked, or there would be more commits than versions.
        Assert.Equal(_store.LeaseCommits.Count, _store.LeaseCommits.Select(writes => writes[0].ExpectedVersion).Distinct().Count());

        DateTimeOffset LeaseEnds(double seconds) => coordinator.Time.GetUtcNow().AddSeconds(seconds);
    }

    [Fact]
    public async Task AGrantWithoutAnAddress_Fails_AndNothingIsStored()
    {
        await using var coordinator = await StartAsync();
        var errors = await coordinator.WatchQueueAsync<GrantLease>("locks_error");

        var message = await coordinator.SendAsync(Asker.A.Grant(Id));
        var delivery = await coordinator.DoneAsync(message);

        Assert.Contains("ResponseAddress is missing", Assert.IsType<InvalidCommandException>(delivery.Fault).Message, StringComparison.Ordinal);
        Assert.Empty(delivery.Replies);
        Assert.Null(await coordinator.StoredLeaseAsync(Id));
        await Eventually.HoldsAsync(() => errors.Contains(message));
        Assert.Empty(coordinator.Harness.Published.Select(_ => true, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task ADescription_CountsTheLocks()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);
        foreach (var key in new[] { "a", "b", "c" })
            (await coordinator.DeliverAsync((Asker.A with { AcquireId = LockKey.ToId(key) }).On(Id, key), Asker.A)).Reply<LockAcquired>();
        await coordinator.DeliverAsync(Asker.B.Try(key: "d"), Asker.B);
        coordinator.Time.Advance(TimeSpan.FromSeconds(12));

        var described = (await coordinator.DeliverAsync(new DescribeLease(Id), Asker.B)).Reply<LeaseDescribed>();

        Assert.Equal(new LeaseDescribed(Id, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(18), "owner a", 3), described);
    }

    [Fact]
    public async Task TheMessageToItself_GoesToTheCoordinatorsOwnExchange_AndIsNotDurable()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);

        var delivery = await coordinator.DeliverAsync(new RevokeLease(Id, "operator"), Asker.B);

        var due = Assert.Single(delivery.Replies, sent => sent.Message is LeaseDue);
        Assert.Equal(("/locks", null, false), (due.To.AbsolutePath, due.RequestId, due.IsDurable));
        await coordinator.LeaseIsAsync(Id, LeaseStage.Ended);
    }

    [Fact]
    public async Task TheOwner_IsToldOfTheEnd_WithTheRequestOfItsGrant()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);

        var delivery = await coordinator.DeliverAsync(new RevokeLease(Id, "operator"), Asker.B);

        var told = Assert.Single(delivery.Replies, sent => sent.Message is LeaseEnded);
        Assert.Equal((Asker.A.RequestId, Asker.A.Address), (told.RequestId, told.To));
        Assert.Equal(new LeaseEnded(Id, LossReasons.Revoked, "operator"), told.Message);
    }

    [Fact]
    public async Task ALease_EndsByItselfOnTime_AndLeavesNoTimerBehind()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);
        await coordinator.DeliverAsync(new RenewLease(Id, TimeSpan.FromSeconds(60), "owner"), Asker.A);
        Assert.Equal(1, coordinator.Timer.Count);
        await coordinator.DeliverAsync(Asker.B.On(Id), Asker.B);
        // A lock on a lease needs no timer of its own.
        Assert.Equal(1, coordinator.Timer.Count);

        coordinator.Time.Advance(TimeSpan.FromSeconds(59.999));
        Assert.DoesNotContain(coordinator.AllSent, sent => sent.Message is LeaseDue);
        coordinator.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(new LeaseEnded(Id, LossReasons.Expired), await coordinator.ReplyAsync<LeaseEnded>(Asker.A));
        await coordinator.LeaseIsAsync(Id, LeaseStage.Ended);
        Assert.Equal("Free", await coordinator.StateAsync());
        Assert.Equal(0, coordinator.Timer.Count);
        Assert.Null((await coordinator.StoredLeaseAsync(Id))!.DueTokenId);
    }

    [Fact]
    public async Task ATimerThatFiresTooEarly_IsSetAgain()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);
        var token = (await coordinator.StoredLeaseAsync(Id))!.DueTokenId!.Value;
        coordinator.Timer.Cancel(token);

        // As sent by a coordinator whose clock is ahead.
        await coordinator.DeliverAsync(
            new LeaseDue(Id), configure: send => send.Headers.Set(MessageHeaders.SchedulingTokenId, token.ToString("N")));

        Assert.Equal(1, coordinator.Timer.Count);
        coordinator.Time.Advance(TimeSpan.FromSeconds(30));
        await coordinator.LeaseIsAsync(Id, LeaseStage.Ended);
    }

    [Fact]
    public async Task AnAttach_ThatTheLeasesEndOvertook_IsDenied()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);
        _store.OnCommit = async (commit, writes) =>
        {
            Assert.Equal(commit == 1 ? [Id] : [], Assert.Single(writes).AttachesTo);
            if (commit == 1)
            {
                // Another coordinator ends the lease between this one's read and write.
                var lease = (await coordinator.StoredLeaseAsync(Id))!;
                var end = new LeaseEnd(LossReasons.Revoked, "operator", coordinator.Time.GetUtcNow());
                Assert.Empty(await _store.Inner.Leases.CommitAsync(
                    [new LeaseWrite(lease.Version, lease.Version + 1, lease.State with { Stage = LeaseStage.Ending, End = end }, null, end.At)],
                    CancellationToken.None));
            }

            return null;
        };

        var denied = (await coordinator.DeliverAsync(Asker.B.On(Id), Asker.B)).Reply<LockDenied>();

        Assert.Equal(DenyReasons.LeaseNotFound, denied.Reason);
        Assert.Single(_store.Commits);
        Assert.Null(await coordinator.StoredAsync());
    }

    [Fact]
    public async Task AWaiterOnALease_AttachesToIt_WhenItIsQueued_AndWhenItIsGranted()
    {
        await using var coordinator = await StartAsync();
        await coordinator.DeliverAsync(Asker.A.Grant(Id), Asker.A);
        var grant = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.On(Id) with { Wait = TimeSpan.FromSeconds(20) }, Asker.B);
        await coordinator.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken), Asker.A);

        Assert.Equal([[], [Id], [Id]], _store.Commits.Select(writes => Assert.Single(writes).AttachesTo));
        var second = await coordinator.ReplyAsync<LockAcquired>(Asker.B);
        await coordinator.DeliverAsync(new ConfirmGrant(second.Key, second.AcquireId, second.FencingToken));
        // It is no grant any more, and the lease may end meanwhile.
        Assert.Empty(Assert.Single(_store.Commits[^1]).AttachesTo);
    }

    [Fact]
    public async Task TheRepository_LoadsNoLeaseByTheIdOfItsSaga_WhichIsItsFingerprint()
    {
        await using var coordinator = await StartAsync();
        var factory = new LeaseSagaRepository(
            _store, coordinator.Get<CoordinatorClock>(), coordinator.Timer, coordinator.Get<ReplySender>(),
            NullLogger<LeaseSagaRepository>.Instance);

        await Assert.ThrowsAsync<NotSupportedException>(
            () => factory.Execute(context => context.Load(LeaseFingerprint.Of(Id)), TestContext.Current.CancellationToken));
        Assert.Equal(LeaseFingerprint.Of(Id), LeaseSaga.NeverGranted(Id).CorrelationId);
    }

    private Task<CoordinatorUnderTest> StartAsync() => CoordinatorUnderTest.StartAsync(store: _store);
}
