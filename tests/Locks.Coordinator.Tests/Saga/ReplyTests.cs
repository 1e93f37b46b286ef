using Locks.Contracts;
using Locks.Coordinator.Hosting;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>Who is told what: replies go where the asker said, with the asker's request id, and secrets go nowhere else.</summary>
public sealed class ReplyTests
{
    [Fact]
    public async Task EveryReply_GoesToTheAsker_WithItsRequestId()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var grant = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.Try(), Asker.B);
        await coordinator.DeliverAsync(Asker.C.Wait() with { NotifyQueued = true }, Asker.C);
        await coordinator.DeliverAsync(new RenewLock(grant.Key, grant.OwnerToken, TimeSpan.FromSeconds(5)), Asker.A);
        await coordinator.DeliverAsync(new RenewLock(grant.Key, "no token", TimeSpan.FromSeconds(5)), Asker.B);
        await coordinator.DeliverAsync(new ReleaseLock(grant.Key, "no token"), Asker.B);
        await coordinator.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken), Asker.A);

        Assert.Equal(["LockAcquired", "LockReleased", "LockRenewed"], Kinds(Asker.A));
        Assert.Equal(["LockDenied", "LockLost", "LockNotHeld"], Kinds(Asker.B));
        Assert.Equal(["LockAcquired", "LockQueued"], Kinds(Asker.C));
        Assert.Equal(8, coordinator.AllSent.Count(sent => sent.Cause is not null));

        IEnumerable<string> Kinds(Asker asker) => coordinator.RepliesTo(asker).Select(sent => sent.Message.GetType().Name).Order();
    }

    [Fact]
    public async Task TheGrantOfAWaiter_GoesToTheOneWhoWaited_NotToTheOneWhoReleased()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var first = await coordinator.AcquireAsync(Asker.A);
        (await coordinator.DeliverAsync(Asker.B.Wait(), Asker.B)).Silent();

        var release = await coordinator.DeliverAsync(new ReleaseLock(first.Key, first.OwnerToken), Asker.A);

        var toWaiter = Assert.Single(release.Replies, sent => sent.Message is LockAcquired);
        Assert.Equal((Asker.B.RequestId, Asker.B.Address), (toWaiter.RequestId, toWaiter.To));
        var grant = (LockAcquired)toWaiter.Message;
        Assert.Equal((Asker.B.AcquireId, TimeSpan.FromSeconds(10)), (grant.AcquireId, grant.Lease));
        Assert.True(grant.FencingToken > first.FencingToken);
        var toHolder = Assert.Single(release.Replies, sent => sent.Message is LockReleased);
        Assert.Equal((Asker.A.RequestId, Asker.A.Address), (toHolder.RequestId, toHolder.To));
    }

    [Fact]
    public async Task TheGrantOfAWaiter_TellsWhetherAnotherSessionIsNext()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var first = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.Wait(), Asker.B);
        await coordinator.DeliverAsync(Asker.C.Wait() with { ClientId = "client" }, Asker.C);
        var d = new Asker("d");
        await coordinator.DeliverAsync(d.Wait() with { ClientId = "client" }, d);

        var toB = await ReleaseAsync(first, Asker.A);
        var toC = await ReleaseAsync(toB, Asker.B);
        var toD = await ReleaseAsync(toC, Asker.C);

        Assert.Equal((false, true, false, false), (first.OthersWait, toB.OthersWait, toC.OthersWait, toD.OthersWait));

        async Task<LockAcquired> ReleaseAsync(LockAcquired grant, Asker holder) =>
            (await coordinator.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken), holder)).Replies.Select(sent => sent.Message).OfType<LockAcquired>().Single();
    }

    [Fact]
    public async Task AnAskerWithoutARequestId_IsAnsweredAtItsAddress()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();

        var delivery = await coordinator.DeliverAsync(Asker.A.Try(), Asker.A, send => send.RequestId = null);

        delivery.Reply<LockAcquired>();
        Assert.Equal((null, Asker.A.Address), (delivery.Replies[0].RequestId, delivery.Replies[0].To));
    }

    [Fact]
    public async Task ARenewalOrReleaseWithoutAnAddress_IsDoneInSilence()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var grant = await coordinator.AcquireAsync(Asker.A);

        (await coordinator.DeliverAsync(new RenewLock(grant.Key, grant.OwnerToken, TimeSpan.FromSeconds(60)))).Silent();
        Assert.Equal(coordinator.Time.GetUtcNow().AddSeconds(60), (await coordinator.StoredAsync())!.State.DueAt);
        (await coordinator.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken))).Silent();
        Assert.Equal("Free", await coordinator.StateAsync());
    }

    [Fact]
    public async Task AnAcquireWithoutAnAddress_Fails_AndNothingIsBroadcast()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var errors = await coordinator.WatchQueueAsync<AcquireLock>("locks_error");

        var message = await coordinator.SendAsync(Asker.A.Try());
        var delivery = await coordinator.DoneAsync(message);

        Assert.Contains("ResponseAddress is missing", Assert.IsType<InvalidCommandException>(delivery.Fault).Message, StringComparison.Ordinal);
        Assert.Empty(delivery.Replies);
        Assert.Null(await coordinator.StoredAsync());
        await Eventually.HoldsAsync(() => errors.Contains(message));
        Assert.Empty(coordinator.Harness.Published.Select(_ => true, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task TheOwnerToken_AndTheAcquireId_AreInNoLogLine_AndInNoBroadcast()
    {
        var store = new ScriptedStore();
        await using var coordinator = await CoordinatorUnderTest.StartAsync(options => options.StoreRetryTimeout = TimeSpan.FromMilliseconds(50), store);
        var grant = await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.B.Wait(), Asker.B);
        await coordinator.DeliverAsync(new RenewLock(grant.Key, grant.OwnerToken, TimeSpan.Zero), Asker.A);
        await coordinator.DeliverAsync(new ReleaseLock("", grant.OwnerToken));
        store.OnCommit = (_, _) => throw ScriptedStore.Away();
        var failed = await coordinator.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken));
        store.OnCommit = (commit, writes) => commit % 2 == 0 ? ScriptedStore.Refuse(writes) : ScriptedStore.GoOn();
        await coordinator.DeliverAsync(new RenewLock(grant.Key, grant.OwnerToken, TimeSpan.FromSeconds(60)), Asker.A);
        await coordinator.DeliverAsync(new ReleaseLock(grant.Key, grant.OwnerToken), Asker.A);
        var second = await coordinator.ReplyAsync<LockAcquired>(Asker.B);

        Assert.NotNull(failed.Fault);
        Assert.NotEmpty(coordinator.Logs.Lines);
        string[] secrets = [grant.OwnerToken, second.OwnerToken, $"{grant.AcquireId}", $"{second.AcquireId}", $"{second.AcquireId:N}"];
        Assert.All(secrets, secret => Assert.DoesNotContain(
            coordinator.Logs.Lines, line => line.Contains(secret, StringComparison.OrdinalIgnoreCase)));
        Assert.All(
            coordinator.AllSent.Select(sent => sent.Message).OfType<Fault>(),
            fault => Assert.All(fault.Exceptions, exception => Assert.All(secrets, secret =>
                Assert.DoesNotContain(secret, exception.Message + exception.StackTrace, StringComparison.OrdinalIgnoreCase))));
        // A fault repeats the message that failed. It goes back to its sender alone.
        Assert.Empty(coordinator.Harness.Published.Select(_ => true, TestContext.Current.CancellationToken));
    }
}
