using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Domain.Leases;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Leases.LeaseUnderTest;

namespace Locks.Coordinator.Tests.Domain.Leases;

public sealed class LeaseRulesTests
{
    // What each request does in each stage, within the lease's 30 s: the stage after it, and what it brings about.
    public static TheoryData<string, string, string, string> Table => new()
    {
        { nameof(LeaseStage.Unknown), "Grant", nameof(LeaseStage.Active), "Granted" },
        { nameof(LeaseStage.Unknown), "Renew", nameof(LeaseStage.Unknown), "NotFound" },
        { nameof(LeaseStage.Unknown), "Revoke", nameof(LeaseStage.Ended), "NotFound" },
        { nameof(LeaseStage.Unknown), "Describe", nameof(LeaseStage.Unknown), "NotFound" },
        { nameof(LeaseStage.Unknown), "Expire", nameof(LeaseStage.Unknown), "" },
        { nameof(LeaseStage.Unknown), "ConfirmReleased", nameof(LeaseStage.Unknown), "" },
        { nameof(LeaseStage.Active), "Grant", nameof(LeaseStage.Active), "Granted" },
        { nameof(LeaseStage.Active), "Renew", nameof(LeaseStage.Active), "Renewed" },
        { nameof(LeaseStage.Active), "Revoke", nameof(LeaseStage.Ending), "EndNotified, LocksToRelease, Revoked" },
        { nameof(LeaseStage.Active), "Describe", nameof(LeaseStage.Active), "Described" },
        { nameof(LeaseStage.Active), "Expire", nameof(LeaseStage.Active), "" },
        { nameof(LeaseStage.Active), "ConfirmReleased", nameof(LeaseStage.Active), "" },
        { nameof(LeaseStage.Ending), "Grant", nameof(LeaseStage.Ending), "NotFound" },
        { nameof(LeaseStage.Ending), "Renew", nameof(LeaseStage.Ending), "NotFound" },
        { nameof(LeaseStage.Ending), "Revoke", nameof(LeaseStage.Ending), "Revoked" },
        { nameof(LeaseStage.Ending), "Describe", nameof(LeaseStage.Ending), "NotFound" },
        { nameof(LeaseStage.Ending), "Expire", nameof(LeaseStage.Ending), "LocksToRelease" },
        { nameof(LeaseStage.Ending), "ConfirmReleased", nameof(LeaseStage.Ended), "" },
        { nameof(LeaseStage.Ended), "Grant", nameof(LeaseStage.Ended), "NotFound" },
        { nameof(LeaseStage.Ended), "Renew", nameof(LeaseStage.Ended), "NotFound" },
        { nameof(LeaseStage.Ended), "Revoke", nameof(LeaseStage.Ended), "Revoked" },
        { nameof(LeaseStage.Ended), "Describe", nameof(LeaseStage.Ended), "NotFound" },
        { nameof(LeaseStage.Ended), "Expire", nameof(LeaseStage.Ended), "" },
        { nameof(LeaseStage.Ended), "ConfirmReleased", nameof(LeaseStage.Ended), "" },
    };

    // What each request does to a lease whose time is up, without a decision on it yet.
    public static TheoryData<string, string> Overdue => new()
    {
        { "Grant", "NotFound" },
        { "Renew", "NotFound" },
        { "Revoke", "NotFound" },
        { "Describe", "NotFound" },
        { "Expire", "" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void EveryRequest_InEveryStage(string before, string request, string after, string story)
    {
        var sut = In(Enum.Parse<LeaseStage>(before));

        var decision = sut.After(1).Decide(Request(request));

        Assert.Equal(after, sut.State.Stage.ToString());
        Assert.Equal(story, string.Join(", ", decision.Story()));
        if (after == before && request != "Renew")
            decision.ChangesNothing();
    }

    [Theory]
    [MemberData(nameof(Overdue))]
    public void EveryRequest_ThatComesAfterTheTime_FindsTheLeaseExpired(string request, string answer)
    {
        var sut = In(LeaseStage.Active);

        var decision = sut.After(30).Decide(Request(request));

        Assert.Equal(LeaseStage.Ending, sut.State.Stage);
        Assert.Equal(new LeaseEnd(LossReasons.Expired, By: null, sut.Now), sut.State.End);
        Assert.Equal(new LeaseOutcome.EndNotified(sut.State.End!, Owner), decision.The<LeaseOutcome.EndNotified>());
        Assert.Equal(answer, string.Join(", ", decision.Story().Except(["EndNotified", "LocksToRelease"])));
        decision.The<LeaseOutcome.LocksToRelease>();
    }

    [Fact]
    public void ARenewal_AnInstantBeforeTheEnd_IsInTime()
    {
        var sut = In(LeaseStage.Active);
        sut.Now = Noon.AddSeconds(30).AddTicks(-1);

        sut.Decide(Renew()).Only<LeaseOutcome.Renewed>();
    }

    [Fact]
    public void Grant_BeginsTheLeaseFromNow()
    {
        var sut = new LeaseUnderTest();

        var granted = sut.Decide(Grant(ttl: 30)).Only<LeaseOutcome.Granted>();

        Assert.Equal(new LeaseOutcome.Granted(TimeSpan.FromSeconds(30), Owner), granted);
        Assert.Equal(new LeaseGrant("owner a", "client a", TimeSpan.FromSeconds(30), Noon, Noon.AddSeconds(30), Owner), sut.Terms);
        Assert.Equal(Noon.AddSeconds(30), sut.State.DueAt);
    }

    [Fact]
    public void Grant_Repeated_IsAnsweredTheSame_AndExtendsNothing()
    {
        var sut = In(LeaseStage.Active);

        var again = sut.After(20).Decide(Grant()).ChangesNothing().Only<LeaseOutcome.Granted>();

        Assert.Equal(TimeSpan.FromSeconds(30), again.Ttl);
    }

    // Its sender counts from before the first copy.
    [Fact]
    public void Grant_RepeatedForLonger_IsToldNoMoreThanTheLeaseHas()
    {
        var sut = In(LeaseStage.Active);

        Assert.Equal(TimeSpan.FromSeconds(30), sut.After(20).Decide(Grant(ttl: 600)).Only<LeaseOutcome.Granted>().Ttl);
        Assert.Equal(TimeSpan.FromSeconds(5), sut.Decide(Grant(ttl: 5)).Only<LeaseOutcome.Granted>().Ttl);
    }

    [Fact]
    public void Grant_AfterItsRevocationOvertookIt_GrantsNothing()
    {
        var sut = new LeaseUnderTest();
        sut.Decide(Revoke(Operator)).Only<LeaseOutcome.NotFound>();

        sut.After(1).Decide(Grant()).ChangesNothing().Only<LeaseOutcome.NotFound>();
        Assert.Equal(LeaseStage.Ended, sut.State.Stage);
        Assert.Null(sut.State.DueAt);
        Assert.Equal(LeaseSnapshot.NotFound(sut.State.Id), sut.State.AsSeenByLocks());
    }

    [Fact]
    public void Revoke_BeforeTheGrant_IsAnsweredTheSameWhenItIsRepeated()
    {
        var sut = new LeaseUnderTest();
        sut.Decide(Revoke(Operator));

        sut.Decide(Revoke(Operator)).ChangesNothing().Only<LeaseOutcome.NotFound>();
    }

    [Fact]
    public void Renew_ExtendsTheLeaseFromNow()
    {
        var sut = In(LeaseStage.Active);

        var renewed = sut.After(20).Decide(Renew(ttl: 25)).Only<LeaseOutcome.Renewed>();

        Assert.Equal(new LeaseOutcome.Renewed(TimeSpan.FromSeconds(25), Owner), renewed);
        Assert.Equal((TimeSpan.FromSeconds(25), Noon.AddSeconds(45)), (sut.Terms.Ttl, sut.Terms.ExpiresAt));
        Assert.Equal(Noon, sut.Terms.GrantedAt);
    }

    [Fact]
    public void Renew_NeverShortensTheLease()
    {
        var sut = In(LeaseStage.Active);

        sut.After(1).Decide(Renew(ttl: 5)).Only<LeaseOutcome.Renewed>();

        Assert.Equal(Noon.AddSeconds(30), sut.Terms.ExpiresAt);
        Assert.Equal(TimeSpan.FromSeconds(5), sut.Terms.Ttl);
    }

    [Fact]
    public void Renew_WhenTheClockWentBack_KeepsTheLaterEnd()
    {
        var sut = In(LeaseStage.Active);

        sut.After(-60).Decide(Renew()).ChangesNothing().Only<LeaseOutcome.Renewed>();
    }

    [Fact]
    public void Revoke_ByTheOwner_TellsTheOwnerNothingUnasked()
    {
        var sut = In(LeaseStage.Active);

        var decision = sut.Decide(Revoke(Owner));

        Assert.Equal(["LocksToRelease", "Revoked"], decision.Story());
        Assert.Equal(Owner, decision.The<LeaseOutcome.Revoked>().ReplyTo);
        // The locks on the lease still know whom they need not tell.
        Assert.Equal(Owner.Address, sut.State.AsSeenByLocks().OwnerAddress);
    }

    [Fact]
    public void Revoke_ByAnother_TellsTheOwnerWho()
    {
        var sut = In(LeaseStage.Active);

        var told = sut.After(1).Decide(Revoke(Operator)).The<LeaseOutcome.EndNotified>();

        Assert.Equal(new LeaseOutcome.EndNotified(new LeaseEnd(LossReasons.Revoked, "who revokes", sut.Now), Owner), told);
    }

    [Fact]
    public void Revoke_WithoutAnAddress_TellsTheOwner()
    {
        var decision = In(LeaseStage.Active).Decide(Revoke(by: null));

        decision.The<LeaseOutcome.EndNotified>();
        Assert.Null(decision.The<LeaseOutcome.Revoked>().ReplyTo);
    }

    [Fact]
    public void AnOwnerThatNamedNoSession_IsToldNothingUnasked()
    {
        var sut = new LeaseUnderTest();
        sut.Decide(Grant(session: null));

        Assert.Equal(["LocksToRelease", "Revoked"], sut.Decide(Revoke(Operator)).Story());

        sut = new LeaseUnderTest();
        sut.Decide(Grant(session: null));
        Assert.Equal(["LocksToRelease"], sut.After(30).Decide(new LeaseRequest.Expire()).Story());
    }

    [Fact]
    public void Revoke_AfterTheLeaseExpired_IsNotFound_AlsoWhenItIsRepeated()
    {
        var sut = In(LeaseStage.Active);
        sut.After(30).Decide(new LeaseRequest.Expire());

        sut.Decide(Revoke(Owner)).ChangesNothing().Only<LeaseOutcome.NotFound>();
        sut.Decide(new LeaseRequest.ConfirmReleased());
        sut.Decide(Revoke(Owner)).ChangesNothing().Only<LeaseOutcome.NotFound>();
        Assert.Equal(LossReasons.Expired, sut.State.End!.Reason);
    }

    [Fact]
    public void Describe_TellsWhatIsLeft()
    {
        var sut = In(LeaseStage.Active);

        var described = sut.After(12).Decide(new LeaseRequest.Describe(Operator)).ChangesNothing().Only<LeaseOutcome.Described>();

        Assert.Equal(new LeaseOutcome.Described(sut.Terms, TimeSpan.FromSeconds(18), Operator), described);
    }

    [Fact]
    public void Look_ThatComesTooEarly_DoesNothing() => In(LeaseStage.Active).Decide(new LeaseRequest.Expire()).DoesNothing();

    [Fact]
    public void Look_AtTheEnd_AsksForTheLocksOnce()
    {
        var sut = In(LeaseStage.Active);

        Assert.Equal(["EndNotified", "LocksToRelease"], sut.After(30).Decide(new LeaseRequest.Expire()).Story());
        // As long as locks are left on it, every look repeats it.
        sut.Decide(new LeaseRequest.Expire()).ChangesNothing().Only<LeaseOutcome.LocksToRelease>();
    }

    [Fact]
    public void ConfirmReleased_ThatComesLate_DoesNothing()
    {
        In(LeaseStage.Ended).Decide(new LeaseRequest.ConfirmReleased()).DoesNothing();
        In(LeaseStage.Unknown).Decide(new LeaseRequest.ConfirmReleased()).DoesNothing();
    }

    [Fact]
    public void DueAt_IsTheEnd_AndThenSinceTheEnd_AsLongAsLocksAreLeft()
    {
        Assert.Null(In(LeaseStage.Unknown).State.DueAt);
        Assert.Equal(Noon.AddSeconds(30), In(LeaseStage.Active).State.DueAt);
        Assert.Equal(Noon.AddSeconds(1), In(LeaseStage.Ending).State.DueAt);
        Assert.Null(In(LeaseStage.Ended).State.DueAt);
    }

    [Theory]
    [InlineData(nameof(LeaseStage.Active), false)]
    [InlineData(nameof(LeaseStage.Ending), true)]
    [InlineData(nameof(LeaseStage.Ended), true)]
    public void Locks_SeeALeaseWithItsEnd(string stage, bool hasEnded)
    {
        var sut = In(Enum.Parse<LeaseStage>(stage));

        Assert.Equal(new LeaseSnapshot(sut.State.Id, Noon.AddSeconds(30), hasEnded, Owner.Address), sut.State.AsSeenByLocks());
    }

    [Fact]
    public void Locks_SeeALeaseThatWasNeverGranted_AsNotFound()
    {
        var sut = new LeaseUnderTest();

        Assert.Equal(LeaseSnapshot.NotFound(sut.State.Id), sut.State.AsSeenByLocks());
        Assert.False(sut.State.AsSeenByLocks().IsAliveAt(DateTimeOffset.UnixEpoch));
    }

    private static LeaseRequest Request(string name) => name switch
    {
        "Grant" => Grant(),
        "Renew" => Renew(),
        "Revoke" => Revoke(Operator),
        "Describe" => new LeaseRequest.Describe(Operator),
        "Expire" => new LeaseRequest.Expire(),
        "ConfirmReleased" => new LeaseRequest.ConfirmReleased(),
        _ => throw new InvalidOperationException($"There is no request {name}."),
    };
}
