using Xunit;

namespace Locks.Contracts.Tests;

/// <summary>G10: bad input gets a clear error that names the field and the limit.</summary>
public sealed class LockLimitsTests
{
    // é has two bytes in UTF-8 and one char, the padlock four bytes and two chars.
    private const string TwoBytes = "\u00e9";
    private const string FourBytes = "\U0001F512";

    private static readonly Dictionary<string, (Func<string?, ValidationError?> Check, int Most)> Texts = new()
    {
        ["Key"] = (LockLimits.CheckKey, 512),
        ["Owner"] = (LockLimits.CheckOwner, 256),
        ["OwnerToken"] = (LockLimits.CheckOwnerToken, 128),
        ["ClientId"] = (LockLimits.CheckClientId, 128),
        ["By"] = (LockLimits.CheckBy, 256),
    };

    public static TheoryData<string> TextFields => [.. Texts.Keys];

    [Theory]
    [MemberData(nameof(TextFields))]
    public void Text_UpToItsLimitInBytes_IsFine(string field)
    {
        var (check, most) = Texts[field];

        Assert.Null(check("x"));
        Assert.Null(check(new string('x', most - 1)));
        Assert.Null(check(new string('x', most)));
        Assert.Null(check(Repeat(TwoBytes, most / 2)));
        Assert.Null(check(Repeat(FourBytes, most / 4)));
    }

    [Theory]
    [MemberData(nameof(TextFields))]
    public void Text_OneByteOverItsLimit_IsRefusedWithItsSizeAndTheLimit(string field)
    {
        var (check, most) = Texts[field];

        Assert.Equal($"{field} has {most + 1} UTF-8 bytes; the limit is {most}", check(new string('x', most + 1))?.ToString());
    }

    [Theory]
    [MemberData(nameof(TextFields))]
    public void Text_IsCountedInBytesAndNotInChars(string field)
    {
        var (check, most) = Texts[field];

        Assert.Equal($"{field} has {most + 2} UTF-8 bytes; the limit is {most}", check(Repeat(TwoBytes, (most / 2) + 1))?.ToString());
        Assert.Equal($"{field} has {most + 4} UTF-8 bytes; the limit is {most}", check(Repeat(FourBytes, (most / 4) + 1))?.ToString());
    }

    [Theory]
    [MemberData(nameof(TextFields))]
    public void Text_ThatIsEmpty_IsRefusedWithTheRange(string field)
    {
        var (check, most) = Texts[field];

        Assert.Equal($"{field} is missing or empty; it must have 1 to {most} UTF-8 bytes", check("")?.ToString());
    }

    [Theory]
    [InlineData("Key")]
    [InlineData("Owner")]
    [InlineData("OwnerToken")]
    public void Text_ThatIsNull_IsRefusedLikeAnEmptyOne(string field) => Assert.Equal(Texts[field].Check(""), Texts[field].Check(null));

    [Fact]
    public void ClientId_MayBeAbsent() => Assert.Null(LockLimits.CheckClientId(null));

    [Theory]
    [MemberData(nameof(TextFields))]
    public void Text_WithHalfASurrogatePair_IsRefused(string field)
    {
        Assert.All(
            new[] { "\ud83d", "\udd12", "a\ud83db", "\udd12\ud83d" },
            text => Assert.Equal(
                $"{field} holds half of a surrogate pair, which UTF-8 cannot represent; use well-formed text",
                Texts[field].Check(text)?.ToString()));
    }

    [Theory]
    [MemberData(nameof(TextFields))]
    public void Text_WithANullCharacter_IsRefused(string field)
    {
        Assert.All(
            new[] { "\0", "a\0", "\0a", "a\0b" },
            text => Assert.Equal(
                $"{field} holds the character U+0000, which the databases behind the lock cannot store",
                Texts[field].Check(text)?.ToString()));
    }

    [Fact]
    public void Text_OfOnlyBlanks_IsText() => Assert.Null(LockLimits.CheckKey(" \t\n"));

    [Fact]
    public void OwnerToken_IsNeverRepeatedInItsProblem()
    {
        Assert.All(
            new[] { Repeat("hunter2", 30), "hunter2\0", "hunter2\ud83d" },
            token => Assert.DoesNotContain("hunter2", LockLimits.CheckOwnerToken(token)!.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void AttemptId_IsAnyUuidButTheEmptyOne()
    {
        Assert.Null(LockLimits.CheckAttemptId(AttemptId.Of(Guid.CreateVersion7())));
        Assert.StartsWith("AttemptId is missing or empty", LockLimits.CheckAttemptId(Guid.Empty)?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AcquireId_IsAnyUuidButTheEmptyOne()
    {
        Assert.Null(LockLimits.CheckAcquireId(Guid.CreateVersion7()));
        Assert.Null(LockLimits.CheckAcquireId(Guid.AllBitsSet));
        Assert.StartsWith("AcquireId is missing or empty", LockLimits.CheckAcquireId(Guid.Empty)?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Lease_FromItsLeastToItsMost_IsFine()
    {
        Assert.Null(LockLimits.CheckLease(TimeSpan.FromMilliseconds(100)));
        Assert.Null(LockLimits.CheckLease(TimeSpan.FromMilliseconds(100) + TimeSpan.FromTicks(1)));
        Assert.Null(LockLimits.CheckLease(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1)));
        Assert.Null(LockLimits.CheckLease(TimeSpan.FromHours(24)));
    }

    [Theory]
    [InlineData(0, "00:00:00")]
    [InlineData(-TimeSpan.TicksPerSecond, "-00:00:01")]
    [InlineData((100 * TimeSpan.TicksPerMillisecond) - 1, "00:00:00.0999999")]
    [InlineData((24 * TimeSpan.TicksPerHour) + 1, "1.00:00:00.0000001")]
    [InlineData(long.MaxValue, "10675199.02:48:05.4775807")]
    [InlineData(long.MinValue, "-10675199.02:48:05.4775808")]
    public void Lease_OutOfItsRange_IsRefusedWithItsValueAndTheRange(long ticks, string shown) =>
        Assert.Equal(
            $"Lease is {shown}; it must be between 00:00:00.1000000 and 1.00:00:00",
            LockLimits.CheckLease(TimeSpan.FromTicks(ticks))?.ToString());

    [Fact]
    public void Wait_AbsentOrFromItsLeastToItsMost_IsFine()
    {
        Assert.Null(LockLimits.CheckWait(null));
        Assert.Null(LockLimits.CheckWait(TimeSpan.FromMilliseconds(1)));
        Assert.Null(LockLimits.CheckWait(TimeSpan.FromMilliseconds(1) + TimeSpan.FromTicks(1)));
        Assert.Null(LockLimits.CheckWait(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1)));
        Assert.Null(LockLimits.CheckWait(TimeSpan.FromHours(24)));
    }

    [Theory]
    [InlineData(0, "00:00:00")]
    [InlineData(-1, "-00:00:00.0000001")]
    [InlineData(TimeSpan.TicksPerMillisecond - 1, "00:00:00.0009999")]
    [InlineData((24 * TimeSpan.TicksPerHour) + 1, "1.00:00:00.0000001")]
    public void Wait_OutOfItsRange_IsRefusedWithItsValueTheRangeAndAWayOut(long ticks, string shown) =>
        Assert.Equal(
            $"Wait is {shown}; it must be between 00:00:00.0010000 and 1.00:00:00; to not wait at all, try instead, without a wait",
            LockLimits.CheckWait(TimeSpan.FromTicks(ticks))?.ToString());

    [Theory]
    [InlineData(0, "00:00:00")]
    [InlineData((24 * TimeSpan.TicksPerHour) + 1, "1.00:00:00.0000001")]
    public void Ttl_OutOfItsRange_IsRefusedWithItsValueAndTheRange(long ticks, string shown)
    {
        Assert.Equal(
            $"Ttl is {shown}; it must be between 00:00:00.1000000 and 1.00:00:00",
            LockLimits.CheckTtl(TimeSpan.FromTicks(ticks))?.ToString());
        Assert.Null(LockLimits.CheckTtl(LockLimits.MinLease));
        Assert.Null(LockLimits.CheckTtl(LockLimits.MaxLease));
    }

    [Fact]
    public void Cooldown_AbsentOrUpToTheLongestLease_IsFine()
    {
        Assert.Null(LockLimits.CheckCooldown(null));
        Assert.Null(LockLimits.CheckCooldown(TimeSpan.Zero));
        Assert.Null(LockLimits.CheckCooldown(LockLimits.MaxLease));
        Assert.Equal(
            "Cooldown is -00:00:00.0000001; it must be between 00:00:00 and 1.00:00:00",
            LockLimits.CheckCooldown(TimeSpan.FromTicks(-1))?.ToString());
        Assert.Equal(
            "Cooldown is 1.00:00:00.0000001; it must be between 00:00:00 and 1.00:00:00",
            LockLimits.CheckCooldown(LockLimits.MaxLease + TimeSpan.FromTicks(1))?.ToString());
    }

    [Fact]
    public void LeaseIdOrRevokeId_ThatIsEmpty_IsRefused()
    {
        Assert.Null(LockLimits.CheckRevokeId(Guid.CreateVersion7()));
        Assert.Equal(
            "RevokeId is missing or empty; it must be a new UUID for each revocation", LockLimits.CheckRevokeId(Guid.Empty)?.ToString());
        Assert.Null(LockLimits.CheckLeaseId(Guid.CreateVersion7()));
        Assert.Equal("LeaseId is missing or empty; it must be the UUID of a lease", LockLimits.CheckLeaseId(Guid.Empty)?.ToString());
    }

    [Fact]
    public void Throw_NamesTheParameterAndTheProblem()
    {
        var refusal = Assert.Throws<ArgumentException>(() => LockLimits.CheckKey("")!.Throw("key"));

        Assert.Equal("key", refusal.ParamName);
        Assert.StartsWith("Key is missing or empty; it must have 1 to 512 UTF-8 bytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Throw_SaysWhenAValueIsOutOfItsRange()
    {
        var refusal = Assert.Throws<ArgumentOutOfRangeException>(() => LockLimits.CheckLease(TimeSpan.Zero)!.Throw("lease"));

        Assert.Equal("lease", refusal.ParamName);
        Assert.StartsWith(
            "Lease is 00:00:00; it must be between 00:00:00.1000000 and 1.00:00:00", refusal.Message, StringComparison.Ordinal);
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
