using System.Text;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

/// <summary>"Who held it at 03:12?" Each attempt that is over is remembered with its owner, and with the grant that it had.</summary>
public sealed class HistoryTests
{
    private const string SixtyFour = "0123456789012345678901234567890123456789012345678901234567890123";

    [Fact]
    public void AReleasedGrant_HasItsOwner_ItsFencingToken_AndItsTime()
    {
        var sut = LockUnderTest.HeldByA();
        var holder = sut.Holder;

        sut.After(7).Decide(A.Release());

        Assert.Equal(
            new EndedAttempt(
                A.Id, Ending.Released, LockUnderTest.Noon.AddSeconds(7), A.Owner, new EndedGrant(holder.FencingToken, LockUnderTest.Noon)),
            sut.State.Ended.Find(A.Id));
    }

    [Fact]
    public void AnExpiredGrant_ARevokedOne_AndACancelledOne_AreTold_EachByItsFencingToken()
    {
        var sut = LockUnderTest.HeldByA(B, C);
        List<EndedGrant?> grants = [GrantOf(sut.Holder)];
        sut.After(30).Expire();
        grants.Add(GrantOf(sut.Holder));
        sut.Decide(D.Revoke());
        grants.Add(GrantOf(sut.Holder));
        sut.Decide(C.Cancel());

        Assert.Equal(grants, new[] { A, B, C }.Select(attempt => sut.State.Ended.Find(attempt.Id)!.Grant));
        Assert.Equal([A.Owner, B.Owner, C.Owner], new[] { A, B, C }.Select(attempt => OwnerOf(sut, attempt.Id)));
        Assert.Equal("operator d", OwnerOf(sut, D.Revoke().RevokeId));
        Assert.Null(sut.State.Ended.Find(D.Revoke().RevokeId)!.Grant);
    }

    [Fact]
    public void EachMemberOfACohort_HasItsOwnFencingToken()
    {
        var sut = LockUnderTest.HeldByA();
        sut.State = sut.State with
        {
            Holder = sut.Holder with { Cohort = new Cohort([new CohortMember(B.Id, sut.Holder.FencingToken + 1)]) },
            LastFence = sut.Holder.FencingToken + 1,
        };
        var first = GrantOf(sut.Holder)!.Value;

        sut.Decide(A.Release());

        var (ofA, ofB) = (sut.State.Ended.Find(A.Id)!, sut.State.Ended.Find(B.Id)!);
        Assert.Equal((A.Owner, first), (ofA.Owner, ofA.Grant));
        Assert.Equal((A.Owner, first with { FencingToken = first.FencingToken + 1 }), (ofB.Owner, ofB.Grant));
    }

    [Fact]
    public void AnAttemptThatWasNotGranted_HasAnOwner_AndNoGrant()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Silent.Add("client b");
        sut.Decide(C.Try());
        sut.Decide(D.Wait(seconds: 5));
        sut.After(5).Decide(D.Wait());
        sut.Decide(A.Release());

        Assert.Equal(
            [(Ending.Busy, C.Owner), (Ending.WaitTimedOut, D.Owner), (Ending.Silent, B.Owner)],
            new[] { C, D, B }.Select(attempt => (sut.State.Ended.Find(attempt.Id)!.Ending, OwnerOf(sut, attempt.Id)!)));
        Assert.All([C, D, B], attempt => Assert.Null(sut.State.Ended.Find(attempt.Id)!.Grant));
    }

    [Fact]
    public void ACancelledAttempt_KeepsTheOwnerThatIsKnownOfIt()
    {
        var sut = LockUnderTest.HeldByA(B, D);
        sut.Decide(C.Try());

        sut.Decide(B.Cancel());
        sut.Decide(C.Cancel());
        sut.Decide(new LockRequest.CancelWaiter(AttemptId.Of(D.Id), "the operator", Reason: null, ReplyTo: null));
        sut.Decide(new Attempt("unknown").Cancel());

        Assert.Equal([B.Owner, C.Owner, D.Owner], new[] { B, C, D }.Select(attempt => OwnerOf(sut, attempt.Id)));
        Assert.Null(OwnerOf(sut, new Attempt("unknown").Id));
    }

    [Theory]
    [InlineData("the owner", "the owner")]
    [InlineData(SixtyFour, SixtyFour)]
    [InlineData(SixtyFour + "4", "0123456789012345678901234567890123456789012345678901234567890…")]
    [InlineData("🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒", "🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒🔒…")]
    public void ALongOwner_IsCut_AndNoCharacterOfItInTwo(string owner, string kept)
    {
        var attempt = new EndedAttempt(A.Id, Ending.Released, LockUnderTest.Noon, owner);

        Assert.Equal(kept, attempt.Owner);
        Assert.InRange(Encoding.UTF8.GetByteCount(attempt.Owner!), 1, EndedAttempt.MaxOwnerBytes);
    }

    private static EndedGrant? GrantOf(Holder holder) => new(holder.FencingToken, holder.GrantedAt);

    private static string? OwnerOf(LockUnderTest sut, Guid id) => sut.State.Ended.Find(id)!.Owner;
}
