using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>A lock that was released with a cooldown.</summary>
public sealed class CooldownTests
{
    [Fact]
    public void Release_WithACooldown_HoldsTheLockForSoLong_CountedFromNow()
    {
        var sut = LockUnderTest.HeldByA();
        var held = sut.Holder;

        var decision = sut.After(5).Decide(A.Release(cooldown: 20));

        Assert.Equal(new Outcome.Released(held, A.ReplyTo), decision.Only<Outcome.Released>());
        Assert.Equal(held with { Stage = LockStage.Cooling, ReleasedAt = sut.Now, ExpiresAt = sut.Now.AddSeconds(20) }, sut.Holder);
        Assert.True(decision.MovesDueTime);
    }

    [Fact]
    public void Release_WithACooldown_NeverHoldsTheLockForLongerThanItsLease()
    {
        var sut = LockUnderTest.HeldByA();

        sut.After(20).Decide(A.Release(cooldown: 600));

        Assert.Equal(LockUnderTest.Noon.AddSeconds(30), sut.State.DueAt);
    }

    [Fact]
    public void Release_WithACooldownOfZero_FreesTheLock()
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
        Assert.Equal([B.Id], sut.Queue);

        sut.Now = LockUnderTest.Noon.AddSeconds(20).AddTicks(-1);
        sut.Expire().DoesNothing();
        sut.Now = LockUnderTest.Noon.AddSeconds(20);

        Assert.Equal(["Expired", "Dequeued", "Granted"], sut.Expire().Story());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Try_OfACoolingLock_IsBusy_AndToldWhenToRetry()
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
    public void Renew_OfACoolingLock_IsRefusedAsNotHeld()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(A.Release(cooldown: 20));

        Assert.Equal(LossReasons.NotHeld, sut.Decide(A.Renew()).ChangesNothing().Only<Outcome.RenewalRefused>().Why);
        Assert.Equal(LossReasons.NotHeld, sut.After(20).Decide(A.Renew()).The<Outcome.RenewalRefused>().Why);
    }

    [Fact]
    public void Confirm_OfACoolingLock_DoesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());
        sut.Decide(B.Release(cooldown: 5)).Only<Outcome.Released>();

        sut.Decide(B.Confirm(sut.Holder.FencingToken)).DoesNothing();
    }

    [Fact]
    public void Cancel_OfAnAttemptThatCools_DoesNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release(cooldown: 20));

        sut.Decide(A.Cancel()).DoesNothing();
        sut.After(20).Decide(A.Cancel());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void Acquire_RepeatedByAnAttemptThatCools_IsOver()
    {
        var sut = LockUnderTest.HeldByA();
        sut.Decide(A.Release(cooldown: 20));

        Assert.Equal(DenyReasons.Ended, sut.Decide(A.Try()).ChangesNothing().Only<Outcome.Denied>().Why);
        Assert.Equal(DenyReasons.Ended, sut.After(20).Decide(A.Try()).The<Outcome.Denied>().Why);
    }

    [Fact]
    public void ACoolingLock_CanBeRevoked_AndNoClientIsTold()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release(cooldown: 20));

        Assert.Equal(["Revoked", "Dequeued", "Granted"], sut.Decide(C.Revoke()).Story());
        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }

    [Fact]
    public void AnOffer_CoolsForNoLongerThanItsWindow()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());

        sut.Decide(B.Release(cooldown: 20));

        Assert.Equal(sut.Now.AddSeconds(10), sut.State.DueAt);
    }

    [Fact]
    public void ALockOnASharedLease_CoolsOnItsOwn()
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
    public void ALockOnASharedLeaseThatIsLate_HasNoCooldown()
    {
        var lease = new LeaseSnapshot(LockKey.ToId("lease"), LockUnderTest.Noon.AddSeconds(60), HasEnded: false);
        var sut = new LockUnderTest();
        sut.Decide(A.Try() with { Lease = lease });
        sut.Decide(B.Wait(seconds: 600));

        sut.After(60).Decide(A.Release(cooldown: 20));

        Assert.Equal(B.Id, sut.Holder.AcquireId);
    }
}
