using System.Text.RegularExpressions;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Machine;
using Xunit;

namespace Locks.Coordinator.Tests.Domain;

public sealed partial class OwnerTokenTests
{
    [Fact]
    public void Mint_NeverRepeatsItself()
    {
        var tokens = Enumerable.Range(0, 10_000).Select(_ => OwnerTokens.Mint()).ToHashSet();

        Assert.Equal(10_000, tokens.Count);
    }

    [Fact]
    public void Mint_Makes24UrlSafeCharactersThatTheContractsAccept()
    {
        for (var i = 0; i < 1_000; i++)
        {
            var token = OwnerTokens.Mint().Value;
            Assert.Matches(Shape(), token);
            Assert.Null(LockLimits.CheckOwnerToken(token));
        }
    }

    [Fact]
    public void ToString_HidesTheToken() => Assert.Equal("***", OwnerTokens.Mint().ToString());

    [Fact]
    public void ToString_OfWhateverCarriesAToken_HidesIt()
    {
        var sut = LockUnderTest.HeldByA(Attempt.B);
        var carriers = new object[]
        {
            sut.Holder, sut.State, sut.State.Waiters.Head!, Attempt.C.Wait(), Attempt.A.Renew(), Attempt.A.Release(),
            sut.Decide(Attempt.C.Wait()).Outcomes[0], sut.Decide(Attempt.A.Release()).The<Outcome.Granted>(),
        };

        Assert.All(carriers, carrier => Assert.DoesNotContain("token of", carrier.ToString(), StringComparison.Ordinal));
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{24}$")]
    private static partial Regex Shape();
}
