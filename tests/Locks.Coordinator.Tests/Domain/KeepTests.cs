using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>A lock that was given back, and is kept from everybody for a while.</summary>
public sealed class KeepTests
{
    [Fact]
    public void Release_ThatKeeps_HoldsTheLockForSoLong_CountedFromNow()
    {
        var sut = LockUnderTest.HeldByA();
        var held = sut.Holder;

        var decision = sut.After(5).Decide(A.Release(cooldown: 20));

        Assert.Equal(new Outcome.Released(held, A.ReplyTo), decision.Only<Outcome.Released>());
        Assert.Equal(held with { Stage = LockStage.Cooling, ReleasedAt = sut.Now, ExpiresAt = sut.Now.AddSeconds(20) }, sut.Holder);
        Assert.True(decision.MovesDueTime);
    }

    [Fact]
    public void Release_ThatKeeps_NeverHoldsTheLockForLongerThanItsLease()
    {
        var sut = LockUnderTest.HeldByA();

        sut.After(20).Decide(A.Release(cooldown: 600));

        Assert.Equal(LockUnderTest.Noon.AddSeconds(30), sut.State.DueAt);
    }

    [Fact]
    public void Release_ThatKeepsForNoTime_FreesTheLock()
    {
        var sut = LockUnderTest.HeldByA();

        sut.Decide(A.Release(cooldown: 0)).Only<Outcome.Released>();
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void Waiters_WaitUntilTheTimeIsOver_AndAreGrantedThen()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release(cooldown: 20)).Only<Outcome.Released>();
        Assert.Equal([B.Id], sut.Line);

        sut.Now = LockUnderTest.Noon.AddSeconds(20).AddTicks(-1);
        sut.Expire().DoesNothing();
        sut.Now = LockUnderTest.Noon.AddSeconds(20);

        Assert.Equal(["Expired", "Dequeued", "Granted"], sut.Expire().Story());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Try_OfAKeptLock_IsBusy_AndToldWhenToRetry()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(A.Release(cooldown: 20));

        var denied = sut.After(5).Decide(B.Try()).Only<Outcome.Denied>();

        Assert.Equal((DenyReasons.Busy, "owner a", TimeSpan.FromSeconds(15)), (denied.Why, denied.Holder!.Owner, denied.RetryAfter));
    }

    [Fact]
    public void Release_Repeated_IsAnsweredTheSame_AndChangesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release(cooldown: 20));

        Assert.Equal(A.ReplyTo, sut.After(5).Decide(A.Release(cooldown: 20)).ChangesNothing().Only<Outcome.Released>().ReplyTo);
        sut.Decide(A.Release()).ChangesNothing().Only<Outcome.Released>();
    }

    [Fact]
    public void Renew_OfAKeptLock_IsRefusedAsNotHeld()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(A.Release(cooldown: 20));

        Assert.Equal(LossReasons.NotHeld, sut.Decide(A.Renew()).ChangesNothing().Only<Outcome.RenewalRefused>().Why);
        Assert.Equal(LossReasons.NotHeld, sut.After(20).Decide(A.Renew()).The<Outcome.RenewalRefused>().Why);
    }

    [Fact]
    public void Confirm_OfAKeptLock_DoesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());
        sut.Decide(B.Release(cooldown: 5)).Only<Outcome.Released>();

        sut.Decide(B.Confirm(sut.Holder.FencingToken)).DoesNothing();
    }

    [Fact]
    public void Cancel_OfAKeptAttempt_DoesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release(cooldown: 20));

        sut.Decide(A.Cancel()).DoesNothing();
        sut.After(20).Decide(A.Cancel());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Acquire_RepeatedByAKeptAttempt_IsOver()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(A.Release(cooldown: 20));

        Assert.Equal(DenyReasons.Ended, sut.Decide(A.Try()).ChangesNothing().Only<Outcome.Denied>().Why);
        Assert.Equal(DenyReasons.Ended, sut.After(20).Decide(A.Try()).The<Outcome.Denied>().Why);
    }

    [Fact]
    public void AKeptLock_CanBeRevoked_AndNobodyIsTold()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release(cooldown: 20));

        Assert.Equal(["Revoked", "Dequeued", "Granted"], sut.Decide(C.Revoke()).Story());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void AnUnconfirmedGrant_IsKeptForNoLongerThanItsWindow()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());

        sut.Decide(B.Release(cooldown: 20));

        Assert.Equal(sut.Now.AddSeconds(10), sut.State.DueAt);
    }

    [Fact]
    public void ALockOnASharedLease_IsKeptOnItsOwn()
    {
        var lease = new LeaseSnapshot(LockKey.ToId("lease"), LockUnderTest.Noon.AddSeconds(60), HasEnded: false);
        var sut = new LockUnderTest();
        sut.Decide(A.Try() with { Lease = lease });

        sut.Decide(A.Release(cooldown: 20));

        Assert.Null(sut.Holder.Lease);
        Assert.Equal(LockUnderTest.Noon.AddSeconds(20), sut.State.DueAt);
    }

    // The lease is over and has not been stored as that: nothing is left of the time that the lock was held for.
    [Fact]
    public void ALockOnASharedLeaseThatIsLate_IsNotKept()
    {
        var lease = new LeaseSnapshot(LockKey.ToId("lease"), LockUnderTest.Noon.AddSeconds(60), HasEnded: false);
        var sut = new LockUnderTest();
        sut.Decide(A.Try() with { Lease = lease });
        sut.Decide(B.Wait(seconds: 600));

        sut.After(60).Decide(A.Release(cooldown: 20));

        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }
}
