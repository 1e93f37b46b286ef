using Locks.Contracts;
using Xunit;

namespace Locks.Coordinator.Tests.Saga;

/// <summary>An operator takes a lock from its holder.</summary>
public sealed class RevokeLockTests
{
    private static readonly RevokeLock Revoke = new(CoordinatorUnderTest.Key, LockKey.ToId("revocation"), "operator b");

    [Fact]
    public async Task TheHolder_IsToldWhoDidIt_AndTheOperatorWhoseLockItWas()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        var grant = (await coordinator.DeliverAsync(Asker.A.Try() with { ClientId = "client a" }, Asker.A)).Reply<LockAcquired>();

        var delivery = await coordinator.DeliverAsync(Revoke, Asker.B);

        Assert.Equal(2, delivery.Replies.Count);
        var toOperator = Assert.Single(delivery.Replies, sent => sent.To == Asker.B.Address);
        Assert.Equal((Asker.B.RequestId, new LockRevoked(grant.Key, grant.FencingToken, "owner a")), (toOperator.RequestId, toOperator.Message));
        var toHolder = Assert.Single(delivery.Replies, sent => sent.To == Asker.A.Address);
        Assert.Equal(
            (Asker.A.RequestId, new LockLost(grant.Key, LossReasons.Revoked, "operator b", grant.FencingToken)),
            (toHolder.RequestId, toHolder.Message));
        Assert.Equal("Free", await coordinator.StateAsync());
        Assert.Equal(0, coordinator.Timer.Count);
    }

    [Fact]
    public async Task AHolderThatNamedNoSession_HearsNothing()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        await coordinator.AcquireAsync(Asker.A);

        (await coordinator.DeliverAsync(Revoke, Asker.B)).Reply<LockRevoked>();
    }

    [Fact]
    public async Task ARepeat_IsAnswered_AndDoesNotHitTheNextHolder()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Revoke, Asker.B);
        await coordinator.AcquireAsync(Asker.C);

        var repeat = (await coordinator.DeliverAsync(Revoke, Asker.B)).Reply<LockRevoked>();

        Assert.Equal(new LockRevoked(CoordinatorUnderTest.Key), repeat);
        Assert.Equal(Asker.C.AcquireId, (await coordinator.StoredAsync())!.State.Holder!.AcquireId);
    }

    [Fact]
    public async Task TheNextWaiter_IsGranted_AndConfirms()
    {
        await using var coordinator = await CoordinatorUnderTest.StartAsync();
        await coordinator.AcquireAsync(Asker.A);
        await coordinator.DeliverAsync(Asker.C.Wait(), Asker.C);

        await coordinator.DeliverAsync(Revoke, Asker.B);

        var grant = await coordinator.ReplyAsync<LockAcquired>(Asker.C);
        await coordinator.DeliverAsync(new ConfirmGrant(grant.Key, grant.AcquireId, grant.FencingToken));
        Assert.Equal(coordinator.Time.GetUtcNow().AddSeconds(30), (await coordinator.StoredAsync())!.State.DueAt);
        Assert.Equal(1, coordinator.Timer.Count);
    }
}
