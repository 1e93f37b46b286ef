using Locks.Contracts;
using Locks.Coordinator.Domain;
using Xunit;
using static Locks.Coordinator.Tests.Domain.Attempt;

namespace Locks.Coordinator.Tests.Domain;

public sealed class EndedAttemptsTests
{
    private static readonly LockRulesLimits Three = new() { AttemptsRemembered = 3, AttemptMemory = TimeSpan.FromSeconds(60) };

    [Theory]
    [InlineData(nameof(Ending.Held))]
    [InlineData(nameof(Ending.Cancelled))]
    [InlineData(nameof(Ending.Busy))]
    [InlineData(nameof(Ending.QueueFull))]
    [InlineData(nameof(Ending.WaitTimedOut))]
    public void Remember_OfOneTooManyOfAKind_ForgetsTheOldest(string kind)
    {
        var ending = Enum.Parse<Ending>(kind);
        var ended = Remember(EndedAttempts.None, 4, ending);

        Assert.Equal([Id(ending, 1), Id(ending, 2), Id(ending, 3)], ended.Items.Select(item => item.AcquireId));
        Assert.Null(ended.Find(Id(ending, 0)));
        Assert.Equal(ending, ended.Find(Id(ending, 3))!.Ending);
    }

    [Theory]
    [InlineData(nameof(Ending.Busy))]
    [InlineData(nameof(Ending.QueueFull))]
    [InlineData(nameof(Ending.WaitTimedOut))]
    public void Remember_OfAStormOfDenials_DoesNotForgetAReleaseOrACancel(string kind)
    {
        var denial = Enum.Parse<Ending>(kind);
        var ended = Remember(Remember(Remember(EndedAttempts.None, 2, Ending.Held), 1, Ending.Cancelled), 100, denial);

        Assert.NotNull(ended.Find(Id(Ending.Held, 0)));
        Assert.NotNull(ended.Find(Id(Ending.Held, 1)));
        Assert.NotNull(ended.Find(Id(Ending.Cancelled, 0)));
        Assert.Equal(6, ended.Items.Length);
    }

    [Fact]
    public void Remember_OfManyReleases_DoesNotForgetADenial()
    {
        var ended = Remember(Remember(EndedAttempts.None, 3, Ending.Busy), 100, Ending.Held);

        Assert.Equal(3, ended.Items.Count(item => item.Ending is Ending.Busy));
        Assert.Equal(3, ended.Items.Count(item => item.Ending is Ending.Held));
    }

    [Fact]
    public void Remember_ForgetsWhatIsOlderThanTheMemory()
    {
        var ended = EndedAttempts.None
            .Remember(new EndedAttempt(A.Id, Ending.Held, LockUnderTest.Noon), Three)
            .Remember(new EndedAttempt(B.Id, Ending.Busy, LockUnderTest.Noon.AddTicks(1)), Three);

        var later = ended.Remember(new EndedAttempt(C.Id, Ending.Held, LockUnderTest.Noon.AddSeconds(60)), Three);
        Assert.Equal([A.Id, B.Id, C.Id], later.Items.Select(item => item.AcquireId));

        later = ended.Remember(new EndedAttempt(C.Id, Ending.Held, LockUnderTest.Noon.AddSeconds(60).AddTicks(1)), Three);
        Assert.Equal([B.Id, C.Id], later.Items.Select(item => item.AcquireId));
    }

    [Fact]
    public void Remember_OfTheSameAttemptAgain_KeepsOneOfIt()
    {
        var ended = Remember(EndedAttempts.None, 2, Ending.Busy)
            .Remember(new EndedAttempt(Id(Ending.Busy, 0), Ending.Cancelled, LockUnderTest.Noon), Three);

        Assert.Equal([Id(Ending.Busy, 1), Id(Ending.Busy, 0)], ended.Items.Select(item => item.AcquireId));
        Assert.Equal(Ending.Cancelled, ended.Find(Id(Ending.Busy, 0))!.Ending);
    }

    [Fact]
    public void EndedAttempts_WithTheSameItems_AreEqual()
    {
        var (one, other) = (Remember(EndedAttempts.None, 2, Ending.Held), Remember(EndedAttempts.None, 2, Ending.Held));

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
        Assert.NotEqual(one, Remember(EndedAttempts.None, 3, Ending.Held));
        Assert.NotEqual(one, Remember(EndedAttempts.None, 2, Ending.Busy));
    }

    // What the two shares are for: when a long queue is over at once, a late copy of a released request still grants nothing.
    [Fact]
    public void Acquire_AfterItsOwnReleaseAndAStormOfTimeouts_GrantsNothing()
    {
        var sut = LockUnderTest.HeldByA(B);
        sut.Decide(A.Release());
        sut.Decide(B.Confirm(sut.Holder.FencingToken));
        for (var i = 0; i < 100; i++)
            sut.Decide(new Attempt($"storm {i}").Wait(seconds: 5));
        sut.After(5).Expire();
        sut.Decide(B.Release());

        Assert.Equal(DenyReasons.Ended, sut.Decide(A.Try()).Only<Outcome.Denied>().Why);
        Assert.Equal(DenyReasons.Ended, sut.Decide(B.Wait()).Only<Outcome.Denied>().Why);
    }

    private static EndedAttempts Remember(EndedAttempts ended, int count, Ending ending) =>
        Enumerable.Range(0, count).Aggregate(
            ended, (known, i) => known.Remember(new EndedAttempt(Id(ending, i), ending, LockUnderTest.Noon), Three));

    private static Guid Id(Ending ending, int number) => LockKey.ToId($"{ending} {number}");
}
