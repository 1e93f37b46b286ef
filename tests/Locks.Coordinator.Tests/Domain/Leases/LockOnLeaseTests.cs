using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain.Leases;

/// <summary>A lock that lives and dies with a shared lease. The lease is what the lock was told of it when it was read.</summary>
public sealed class LockOnLeaseTests
{
    // A minute long. Its owner is A's process.
    private static readonly LeaseSnapshot Alive = new(LockKey.ToId("lease"), LockUnderTest.Noon.AddSeconds(60), HasEnded: false, A.ReplyTo.Address);
    private static readonly LeaseSnapshot Ended = Alive with { HasEnded = true };

    [Fact]
    public void Acquire_OnALeaseThatLives_IsGrantedForWhatIsLeftOfIt()
    {
        var sut = new LockUnderTest();

        var grant = sut.After(50).Decide(On(Alive, A.Try(lease: 30))).Only<Outcome.Granted>().Grant;

        Assert.Equal((Alive, Alive.ExpiresAt, LockStage.Held), (grant.Lease, grant.ExpiresAt, grant.Stage));
        Assert.Equal(TimeSpan.FromSeconds(10), grant.AnnouncedTtl);
    }

    [Fact]
    public void Acquire_OnALeaseThatLivesForLonger_IsToldTheLeaseThatItAskedFor() =>
        Assert.Equal(
            TimeSpan.FromSeconds(20),
            new LockUnderTest().Decide(On(Alive, A.Try(lease: 20))).Only<Outcome.Granted>().Grant.AnnouncedTtl);

    [Fact]
    public void AGrantOnALease_IsShownUntilTheLeaseEnds_AndAnOfferUntilItsWindowDoes()
    {
        var held = new LockUnderTest().Decide(On(Alive, A.Try(lease: 20))).Only<Outcome.Granted>().Grant;
        var offer = held with { Stage = LockStage.Offered, ExpiresAt = LockUnderTest.Noon.AddSeconds(5) };

        Assert.Equal(Alive.ExpiresAt, held.EndsAt);
        Assert.Equal(offer.ExpiresAt, offer.EndsAt);
        Assert.Equal(Alive.ExpiresAt, (offer with { ExpiresAt = Alive.ExpiresAt.AddSeconds(1) }).EndsAt);
        Assert.Equal(held.ExpiresAt.AddSeconds(-1), (held with { Lease = null, ExpiresAt = held.ExpiresAt.AddSeconds(-1) }).EndsAt);
        Assert.Equal(LockStage.Held, held.StageAt(Alive.ExpiresAt.AddTicks(-1)));
        Assert.Equal(LockStage.Free, held.StageAt(Alive.ExpiresAt));
        Assert.Equal(LockStage.Free, held.OnLease(Ended).StageAt(LockUnderTest.Noon));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 60)]
    public void Acquire_OnALeaseThatIsOver_IsDenied_AndNotRemembered(bool hasEnded, double now)
    {
        var sut = new LockUnderTest();

        var denied = sut.After(now).Decide(On(Alive with { HasEnded = hasEnded }, A.Wait())).ChangesNothing().Only<Outcome.Denied>();

        Assert.Equal(new Outcome.Denied(A.Id, A.Owner, DenyReasons.LeaseNotFound, Holder: null, RetryAfter: null, A.ReplyTo), denied);
    }

    [Fact]
    public void Acquire_OnALeaseThatIsOver_DoesNotComeIntoTheQueue()
    {
        var sut = LockUnderTest.HeldByA();

        Assert.Equal(DenyReasons.LeaseNotFound, sut.Decide(On(Ended, B.Wait())).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void Acquire_RepeatedByTheHolder_AfterItsLeaseEnded_IsOver()
    {
        var sut = HeldOnLease();
        Read(sut, Ended);

        Assert.Equal(DenyReasons.Ended, sut.Decide(On(Ended, A.Try())).The<Outcome.Denied>().Why);
    }

    // A renewal may have been stored a moment ago: only the lease's own end, once stored, is final.
    [Fact]
    public void ALock_IsNotTakenFromALeaseThatIsLate()
    {
        var sut = HeldOnLease();
        sut.Decide(B.Wait(seconds: 600));

        sut.After(100).Expire().DoesNothing();
        var denied = sut.Decide(C.Try()).Only<Outcome.Denied>();

        Assert.Equal((A.Id, DenyReasons.Busy, TimeSpan.Zero), (sut.Holder.AcquireId, denied.Why, denied.RetryAfter));
        Assert.Equal([B.Id], sut.Queue);
    }

    [Fact]
    public void ALeaseThatEnded_LosesItsLocks_WhateverIsAskedOfThem()
    {
        var requests = new LockRequest[]
        {
            B.Try(), B.Cancel(), B.Confirm(1), B.Renew(), B.Release(), B.Revoke(), A.Try(), A.Cancel(), A.Renew(), A.Release(),
        };
        Assert.All(requests, request =>
        {
            var sut = HeldOnLease();
            Read(sut, Ended);

            Assert.Equal("Expired", sut.Decide(request).Story().First());
            Assert.NotEqual(A.Id, sut.State.Holder?.AcquireId);
        });
    }

    [Fact]
    public void ALeaseThatEndedBeforeItsTime_PassesItsLockToTheNextWaiter()
    {
        var sut = HeldOnLease();
        sut.Decide(B.Wait());
        Read(sut, Ended);

        var decision = sut.After(1).Expire();

        Assert.Equal(["Expired", "Dequeued", "Granted"], decision.Story());
        Assert.Equal((B.Id, null), (sut.Holder.AcquireId, sut.Holder.Lease));
        Assert.True(decision.MovesDueTime);
    }

    [Fact]
    public void AHolderElsewhereThanTheOwner_IsToldThatTheLeaseEnded()
    {
        var sut = HeldOnLease(B);
        var holder = sut.Holder;
        Read(sut, Ended);

        var told = sut.After(1).Expire().The<Outcome.LossNotified>();

        Assert.Equal(new Outcome.LossNotified(holder with { Lease = Ended }, LossReasons.LeaseEnded, By: null, B.ReplyTo), told);
    }

    // It is told about the lease, and knows which locks are on it.
    [Fact]
    public void AHolderWhereTheOwnerIs_IsToldNothing()
    {
        var sut = HeldOnLease(A);
        Read(sut, Ended);

        sut.After(1).Expire().Only<Outcome.Expired>();
    }

    [Fact]
    public void AHolderThatNamedNoSession_IsToldNothing()
    {
        var sut = new LockUnderTest();
        sut.Decide(On(Alive, B.Try()) with { ClientId = null });
        Read(sut, Ended);

        sut.After(1).Expire().Only<Outcome.Expired>();
    }

    [Fact]
    public void ALeaseWhoseOwnerIsNotToldOfItsEnd_TellsAllHolders()
    {
        var sut = HeldOnLease(A);
        Read(sut, Ended with { OwnerAddress = null });

        sut.After(1).Expire().The<Outcome.LossNotified>();
    }

    [Fact]
    public void AWaiterOnALeaseThatEnded_IsPassedOver_WithNoConfirmationWindow()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(On(Alive, B.Wait()));
        sut.Decide(On(Alive with { Id = LockKey.ToId("another") }, C.Wait()));
        sut.Decide(D.Wait());
        sut.State = sut.State with { Waiters = sut.State.Waiters.OnLeases(id => id == Alive.Id ? Ended : LeaseSnapshot.NotFound(id)) };

        var decision = sut.After(5).Decide(A.Release());

        Assert.Equal(["Released", "Dequeued", "Denied", "Dequeued", "Denied", "Dequeued", "Granted"], decision.Story());
        Assert.Equal(
            [(B.Id, DenyReasons.LeaseNotFound, B.ReplyTo), (C.Id, DenyReasons.LeaseNotFound, C.ReplyTo)],
            decision.Outcomes.OfType<Outcome.Denied>().Select(denied => (denied.AcquireId, denied.Why, denied.ReplyTo)));
        Assert.Equal(D.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void WaitersOnALeaseThatEnded_AreDeniedWhereverTheyStand_AndTheOthersStay()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(On(Alive, C.Wait()));
        sut.Decide(D.Wait());
        Read(sut, Ended);

        var decision = sut.After(1).Expire();

        Assert.Equal(["Dequeued", "Denied"], decision.Story());
        Assert.Equal(
            new Outcome.Denied(C.Id, C.Owner, DenyReasons.LeaseNotFound, sut.Holder, TimeSpan.FromSeconds(29), C.ReplyTo),
            decision.The<Outcome.Denied>());
        Assert.Equal([B.Id, D.Id], sut.Queue);
        Assert.Equal(A.Id, sut.Holder.AcquireId);
        Assert.Equal(DenyReasons.LeaseNotFound, sut.Decide(On(Ended, C.Wait())).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    // A renewal may have been stored a moment ago.
    [Fact]
    public void AWaiterOnALeaseThatIsLate_KeepsItsPlace_UntilItsTurn()
    {
        var sut = new LockUnderTest();
        sut.Decide(A.Try(lease: 120));
        sut.Decide(On(Alive, B.Wait(seconds: 120)));

        sut.After(61).Expire().DoesNothing();

        Assert.Equal([B.Id], sut.Queue);
    }

    [Fact]
    public void AWaiterOnALeaseThatIsLate_IsPassedOver()
    {
        var sut = new LockUnderTest();
        sut.Decide(A.Try(lease: 120));
        sut.Decide(On(Alive, B.Wait(seconds: 120)));

        Assert.Equal(["Released", "Dequeued", "Denied"], sut.After(60).Decide(A.Release()).Story());
        Assert.Null(sut.State.Holder);
    }

    // G6: the same answer, though it is not the one that an attempt gets that was granted or cancelled.
    [Fact]
    public void AWaiterThatWasPassedOver_IsToldTheSameAgain()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(On(Alive, B.Wait()));
        Read(sut, Ended);
        sut.Decide(A.Release());

        Assert.Equal(DenyReasons.LeaseNotFound, sut.Decide(On(Ended, B.Wait())).ChangesNothing().Only<Outcome.Denied>().Why);
    }

    [Fact]
    public void AGrantOutOfTheQueueOnALease_HasItsWindow_AndIsAnnouncedForNoMoreThanTheLeaseHas()
    {
        var sut = GrantedToBOnALease(now: 55);

        Assert.Equal((LockStage.Offered, sut.Now.AddSeconds(10)), (sut.Holder.Stage, sut.Holder.ExpiresAt));
        Assert.Equal(sut.Now.AddSeconds(10), sut.State.DueAt);
        Assert.Equal(TimeSpan.FromSeconds(5), sut.Holder.AnnouncedTtl);
    }

    [Fact]
    public void AConfirmedGrantOnALease_EndsWithTheLease_AndIsDueNoMore()
    {
        var sut = GrantedToBOnALease(now: 20);

        var decision = sut.After(1).Decide(B.Confirm(sut.Holder.FencingToken));

        Assert.True(decision.MovesDueTime);
        Assert.Equal((LockStage.Held, Alive.ExpiresAt), (sut.Holder.Stage, sut.Holder.ExpiresAt));
        Assert.Null(sut.State.DueAt);
        sut.After(600).Expire().DoesNothing();
    }

    [Fact]
    public void AnUnconfirmedGrantOnALease_IsOverAfterItsWindow_ThoughTheLeaseLives()
    {
        var sut = GrantedToBOnALease(now: 20);

        Assert.Equal(["Expired", "Denied"], sut.After(10).Expire().Story());
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void AnUnconfirmedGrantOnALeaseThatEnded_IsOverAtOnce()
    {
        var sut = GrantedToBOnALease(now: 20);
        Read(sut, Ended);

        Assert.Equal(["Expired", "LossNotified", "Denied"], sut.After(1).Expire().Story());
    }

    [Fact]
    public void DueAt_OnALease_IsTheSoonestDeadline()
    {
        var sut = HeldOnLease();
        Assert.Null(sut.State.DueAt);

        Assert.True(sut.Decide(B.Wait(seconds: 10)).MovesDueTime);
        Assert.Equal(sut.Now.AddSeconds(10), sut.State.DueAt);
        Assert.Equal(["Dequeued", "Denied"], sut.After(10).Expire().Story());
        Assert.Null(sut.State.DueAt);
    }

    [Fact]
    public void Renew_OnALease_AnswersWhatIsLeftOfIt_AndChangesNothing()
    {
        var sut = HeldOnLease();

        var renewed = sut.After(20).Decide(A.Renew(lease: 600)).ChangesNothing().Only<Outcome.Renewed>();

        Assert.Equal(TimeSpan.FromSeconds(40), renewed.Ttl);
        Assert.Equal(TimeSpan.Zero, sut.After(600).Decide(A.Renew()).Only<Outcome.Renewed>().Ttl);
    }

    [Fact]
    public void Renew_OnALease_ConfirmsTheGrant()
    {
        var sut = GrantedToBOnALease(now: 20);

        Assert.Equal(TimeSpan.FromSeconds(40), sut.Decide(B.Renew(lease: 1)).Only<Outcome.Renewed>().Ttl);
        Assert.Equal((LockStage.Held, Alive.ExpiresAt), (sut.Holder.Stage, sut.Holder.ExpiresAt));
    }

    [Fact]
    public void Renew_AfterTheLeaseEnded_IsRefusedWithTheReason()
    {
        var sut = HeldOnLease();
        sut.Decide(B.Wait());
        Read(sut, Ended);

        Assert.Equal(LossReasons.LeaseEnded, sut.Decide(A.Renew()).The<Outcome.RenewalRefused>().Why);
        Assert.Equal(LossReasons.Superseded, sut.Decide(A.Renew()).The<Outcome.RenewalRefused>().Why);
    }

    [Fact]
    public void AConfirmedHolder_FollowsItsLease_AndAnUnconfirmedOneKeepsItsWindow()
    {
        var renewed = Alive with { ExpiresAt = Alive.ExpiresAt.AddSeconds(60) };

        Assert.Equal((renewed, renewed.ExpiresAt), (HeldOnLease().Holder.OnLease(renewed).Lease, HeldOnLease().Holder.OnLease(renewed).ExpiresAt));
        var unconfirmed = GrantedToBOnALease(now: 20).Holder;
        Assert.Equal((renewed, unconfirmed.ExpiresAt), (unconfirmed.OnLease(renewed).Lease, unconfirmed.OnLease(renewed).ExpiresAt));
    }

    [Fact]
    public void AQueueWithoutWaitersForALease_StaysTheSame_WhenItIsRead()
    {
        var queue = LockUnderTest.HeldByA(B, C).State.Waiters;

        Assert.Same(queue, queue.OnLeases(_ => throw new InvalidOperationException("not read")));
    }

    [Fact]
    public void AQueue_CountsItsWaitersOnLeases_AsTheyComeAndGo()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(On(Alive, C.Wait()));
        sut.Decide(On(Alive, C.Wait()) with { ReplyTo = D.ReplyTo });

        Assert.Equal([null, Ended], sut.State.Waiters.OnLeases(_ => Ended).InOrder.Select(waiter => waiter.Lease));
        Assert.Equal([null, Ended], WaitQueue.Of(sut.State.Waiters.InOrder).OnLeases(_ => Ended).InOrder.Select(waiter => waiter.Lease));
        sut.Decide(C.Cancel());
        var queue = sut.State.Waiters;
        Assert.Same(queue, queue.OnLeases(_ => throw new InvalidOperationException("not read")));
    }

    private static LockRequest.Acquire On(LeaseSnapshot lease, LockRequest.Acquire request) => request with { Lease = lease };

    private static LockUnderTest HeldOnLease(Attempt? holder = null)
    {
        var sut = new LockUnderTest();
        sut.Decide(On(Alive, (holder ?? A).Try()));
        return sut;
    }

    /// <summary>B has waited on the lease, and has not confirmed its grant.</summary>
    private static LockUnderTest GrantedToBOnALease(double now)
    {
        var sut = new LockUnderTest();
        sut.Decide(A.Try(lease: 600));
        sut.Decide(On(Alive, B.Wait(seconds: 600)));
        sut.After(now).Decide(A.Release());
        Assert.Equal((B.Id, Alive), (sut.Holder.AcquireId, sut.Holder.Lease));
        return sut;
    }

    /// <summary>The lock is read again, and the lease is stored like this now.</summary>
    private static void Read(LockUnderTest sut, LeaseSnapshot lease) => sut.State = sut.State with
    {
        Holder = sut.Holder.Lease is null ? sut.Holder : sut.Holder.OnLease(lease),
        Waiters = sut.State.Waiters.OnLeases(_ => lease),
    };
}
