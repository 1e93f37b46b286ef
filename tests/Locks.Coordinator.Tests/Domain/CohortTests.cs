using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>Consecutive waiters of one session that may join a cohort are granted as one, each with a fencing token of its own.</summary>
public sealed class CohortTests
{
    private static readonly Attempt E = new("e");

    [Fact]
    public void WaitersInARow_AreGrantedInOneDecision()
    {
        var sut = HeldByA(InSession(B), InSession(C), InSession(D));

        var decision = sut.Decide(A.Release());

        Assert.Equal(["Released", "Dequeued", "Dequeued", "Dequeued", "Granted"], decision.Story());
        var grant = decision.The<Outcome.Granted>().Grant;
        Assert.Equal([B.Id, C.Id, D.Id], Members(grant));
        Assert.Equal(3, grant.Attempts);
        Assert.Equal(B.Token, grant.Token);
        Assert.Equal(B.Id, decision.The<Outcome.Granted>().Waited!.AcquireId);
        Assert.Equal(sut.Now.AddSeconds(10), grant.ExpiresAt);
        Assert.Equal(LockStage.Offered, grant.Stage);
        Assert.Empty(sut.Queue);
    }

    [Fact]
    public void EveryMember_HasANumberOfItsOwn_AndTheNextGrantAHigherOne()
    {
        var sut = HeldByA(InSession(B), InSession(C), InSession(D), E.Wait());
        var before = sut.State.LastFence;

        var cohort = sut.Decide(A.Release()).The<Outcome.Granted>().Grant;

        Assert.True(cohort.FencingToken > before);
        Assert.Equal([cohort.FencingToken + 1, cohort.FencingToken + 2], cohort.Cohort!.Items.Select(member => member.FencingToken));
        Assert.Equal(cohort.FencingToken + 2, sut.State.LastFence);
        Assert.True(sut.Decide(B.Release()).The<Outcome.Granted>().Grant.FencingToken > cohort.LastFence);
    }

    [Fact]
    public void ACohort_EndsBeforeTheFirstThatMayNotJoin()
    {
        LockRequest.Acquire[] strangers =
        [
            InSession(D) with { MayJoinCohort = false },
            InSession(D) with { ClientId = "another session" },
            InSession(D) with { ClientId = null },
            InSession(D) with { Owner = "another owner" },
            InSession(D) with { Ttl = TimeSpan.FromSeconds(31) },
            InSession(D) with { ReplyTo = D.ReplyTo },
            InSession(D) with { Lease = new LeaseSnapshot(E.Id, LockUnderTest.Noon.AddHours(1), HasEnded: false) },
        ];

        Assert.All(strangers, stranger =>
        {
            var sut = HeldByA(InSession(B), InSession(C), stranger, InSession(E));

            Assert.Equal([B.Id, C.Id], Members(sut.Decide(A.Release()).The<Outcome.Granted>().Grant));
            Assert.Equal([D.Id, E.Id], sut.Queue);
            Assert.Equal([D.Id], Members(sut.Decide(B.Release()).The<Outcome.Granted>().Grant));
        });
    }

    [Fact]
    public void WhoDoesNotAgree_IsGrantedAlone_WithAnyWaiterBehindIt()
    {
        var sut = HeldByA(InSession(B) with { MayJoinCohort = false }, InSession(C));

        Assert.Equal([B.Id], Members(sut.Decide(A.Release()).The<Outcome.Granted>().Grant));
        Assert.Null(sut.Holder.Cohort);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(32, 4)]
    public void ACohort_IsNoLongerThanTheLimit(int longest, int expected)
    {
        var sut = HeldByA(new LockRulesLimits { MaxCohort = longest }, InSession(B), InSession(C), InSession(D), InSession(E));

        Assert.Equal(expected, Members(sut.Decide(A.Release()).The<Outcome.Granted>().Grant).Count());
        Assert.Equal(4 - expected, sut.Queue.Count());
    }

    [Fact]
    public void ACohortThatIsOver_IsRememberedWhole_HoweverShortTheMemory()
    {
        var sut = HeldByA(new LockRulesLimits { AttemptsRemembered = 1 }, InSession(B), InSession(C), InSession(D));
        var cohort = sut.Decide(A.Release()).The<Outcome.Granted>().Grant;

        sut.Decide(new LockRequest.Release(cohort.Token, null));

        Assert.All(Members(cohort), member => Assert.Equal(Ending.Released, sut.State.Ended.Find(member)?.Ending));
    }

    [Fact]
    public void AGrantAtOnce_IsNoCohort()
    {
        var sut = new LockUnderTest();

        sut.Decide(InSession(B));

        Assert.Null(sut.Holder.Cohort);
    }

    [Fact]
    public void OneConfirmation_StartsTheLeaseOfAll_FromAnyMember()
    {
        var sut = Cohort(B, C, D);
        var last = sut.Holder.Cohort!.Items[^1];

        sut.After(5).Decide(D.Confirm(last.FencingToken - 1)).AnnouncesAgain();
        sut.Decide(D.Confirm(last.FencingToken));

        Assert.Equal(LockStage.Held, sut.Holder.Stage);
        Assert.Equal(sut.Now.AddSeconds(30), sut.Holder.ExpiresAt);
    }

    [Fact]
    public void ACohortThatIsNotConfirmed_IsPassedOverInOneWindow()
    {
        var sut = Cohort(B, C, D);
        sut.Decide(E.Wait());

        var decision = sut.After(10).Expire();

        Assert.Equal([E.Id], Members(decision.The<Outcome.Granted>().Grant));
        Assert.All([B, C, D], member => Assert.Equal(Ending.Held, sut.State.Ended.Find(member.Id)!.Ending));
    }

    [Fact]
    public void AnExpiryOfTheCohort_NamesItsLastFencingToken()
    {
        var sut = Cohort(B, C);
        var (first, last) = (sut.Holder.FencingToken, sut.State.LastFence);

        sut.After(10).Decide(new LockRequest.Expire(first)).AnnouncesAgain();
        sut.Decide(new LockRequest.Expire(last)).The<Outcome.Expired>();
    }

    [Fact]
    public void ACohortThatIsNotConfirmed_IsToldToBeOver_ToEachMember()
    {
        var sut = Cohort(B, C, D);

        var denials = sut.After(10).Expire().Outcomes.OfType<Outcome.Denied>().ToList();

        Assert.Equal([B.Id, C.Id, D.Id], denials.Select(denied => denied.AcquireId));
        Assert.All(denials, denied => Assert.Equal((DenyReasons.Ended, denials[0].ReplyTo.Address), (denied.Why, denied.ReplyTo.Address)));
        Assert.Equal([C.Id, D.Id], denials.Skip(1).Select(denied => denied.ReplyTo.RequestId!.Value));
    }

    [Fact]
    public void TheTokenOfTheCohort_RenewsAndReleasesAll()
    {
        var sut = Cohort(B, C, D);

        sut.After(5).Decide(B.Renew()).The<Outcome.Renewed>();
        Assert.Equal(sut.Now.AddSeconds(30), sut.Holder.ExpiresAt);
        Assert.Equal(LossReasons.Superseded, sut.Decide(C.Renew()).The<Outcome.RenewalRefused>().Why);
        sut.Decide(C.Release()).Only<Outcome.ReleaseRefused>();

        sut.Decide(B.Release()).Only<Outcome.Released>();
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void ARepeatedAcquire_OfAnyMember_IsAnsweredWithTheCohort()
    {
        var sut = Cohort(B, C, D);

        Assert.All([B, C, D], member =>
        {
            var decision = sut.Decide(InSession(member));

            var again = decision.ChangesNothing().Only<Outcome.Granted>();
            Assert.True(again.Repeated);
            Assert.Equal([B.Id, C.Id, D.Id], Members(again.Grant));
            Assert.Equal(InSession(member).ReplyTo, again.ReplyTo);
        });
    }

    [Fact]
    public void ACancel_OfAMember_ChangesNothing()
    {
        var sut = Cohort(B, C, D);

        Assert.All([B, C, D], member => sut.Decide(member.Cancel()).AnnouncesAgain());
        Assert.Equal([B.Id, C.Id, D.Id], Members(sut.Holder));
    }

    [Fact]
    public void WhenTheCohortIsOver_NoMemberIsGrantedAgain()
    {
        var sut = Cohort(B, C, D);
        sut.Decide(B.Release());

        Assert.All([B, C, D], member => Assert.Equal(DenyReasons.Ended, sut.Decide(InSession(member)).Only<Outcome.Denied>().Why));
        Assert.Null(sut.State.Holder);
    }

    [Fact]
    public void ARevocation_ByTheNumberOfAnyMember_TakesTheCohort()
    {
        Assert.All([0, 1, 2], member =>
        {
            var sut = Cohort(B, C, D);
            var fence = sut.Holder.FencingToken + member;
            sut.Decide(E.Revoke(fence - 3)).The<Outcome.ReleaseRefused>();
            sut.Decide(A.Revoke(fence + 3 - member)).The<Outcome.ReleaseRefused>();

            var decision = sut.Decide(D.Revoke(fence));

            Assert.Equal(["Revoked", "LossNotified", "Denied", "Denied", "Denied"], decision.Story());
            Assert.Equal(InSession(B).ReplyTo, decision.The<Outcome.LossNotified>().ReplyTo);
            Assert.Null(sut.State.Holder);
        });
    }

    [Fact]
    public void AWaiterWhoseTimeIsUp_IsNoMember()
    {
        var sut = HeldByA(InSession(B), InSession(C, seconds: 5), InSession(D));

        sut.After(5);

        Assert.Equal([B.Id, D.Id], Members(sut.Decide(A.Release()).The<Outcome.Granted>().Grant));
    }

    private static LockUnderTest Cohort(params Attempt[] members)
    {
        var sut = HeldByA([.. members.Select(member => InSession(member))]);
        sut.Decide(A.Release());
        Assert.Equal(members.Select(member => member.Id), Members(sut.Holder));
        return sut;
    }

    private static LockUnderTest HeldByA(params LockRequest.Acquire[] waiters) => HeldByA(null, waiters);

    private static LockUnderTest HeldByA(LockRulesLimits? limits, params LockRequest.Acquire[] waiters)
    {
        var sut = new LockUnderTest(limits);
        sut.Decide(A.Try());
        foreach (var waiter in waiters)
            sut.Decide(waiter);
        return sut;
    }

    private static LockRequest.Acquire InSession(Attempt attempt, double seconds = 60) => attempt.Wait(seconds) with
    {
        Owner = "the session",
        ClientId = "the session",
        ReplyTo = attempt.ReplyTo with { Address = new Uri("loopback://localhost/the-session") },
        MayJoinCohort = true,
    };

    private static IEnumerable<Guid> Members(Holder grant) =>
        [grant.AcquireId, .. grant.Cohort?.Items.Select(member => member.AcquireId) ?? []];
}
