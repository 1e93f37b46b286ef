using Locks.Coordinator.Domain;
using Locks.Storage.Relational;
using Xunit;

namespace Locks.Storage.Tests;

public sealed class EndedAttemptsFormatTests
{
    private const string JustId = "00112233445566778899AABBCCDDEEFF";
    private const string IdAndTime = JustId + "0006475EF6574F35";

    private static readonly Guid Id = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly DateTimeOffset At = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(678_901);

    [Fact]
    public void NothingToRemember_IsNull()
    {
        Assert.Null(EndedAttemptsFormat.Write(EndedAttempts.None));
        Assert.Equal(EndedAttempts.None, EndedAttemptsFormat.Read(null));
    }

    [Theory]
    [InlineData(nameof(Ending.Held), "00")]
    [InlineData(nameof(Ending.Cancelled), "01")]
    [InlineData(nameof(Ending.Busy), "02")]
    [InlineData(nameof(Ending.QueueFull), "03")]
    [InlineData(nameof(Ending.WaitTimedOut), "04")]
    [InlineData(nameof(Ending.Revoking), "05")]
    [InlineData(nameof(Ending.RevokingNothing), "06")]
    [InlineData(nameof(Ending.LeaseNotFound), "07")]
    [InlineData(nameof(Ending.Silent), "08")]
    [InlineData(nameof(Ending.Released), "09")]
    [InlineData(nameof(Ending.CancelledByOperator), "0A")]
    [InlineData(nameof(Ending.Deadlock), "0B")]
    public void TheStoredForm_IsPinned(string ending, string kind)
    {
        var ended = new EndedAttempts([new EndedAttempt(Id, Enum.Parse<Ending>(ending), At)]);

        var bytes = EndedAttemptsFormat.Write(ended)!;

        Assert.Equal($"02{kind}{IdAndTime}", Convert.ToHexString(bytes));
        Assert.Equal(ended, EndedAttemptsFormat.Read(bytes));
    }

    [Fact]
    public void OwnersAndGrants_FollowTheAttempt_AndAnOwnerIsStoredOnce()
    {
        // A grant of 300 µs whose fencing token is two above its time.
        var grant = new EndedGrant(Micros.Of(At) - 300 + 2, At.AddMicroseconds(-300));
        var ended = new EndedAttempts(
            [
                new EndedAttempt(Id, Ending.Released, At, "ü", grant),
                new EndedAttempt(Id, Ending.Busy, At.AddMicroseconds(64), "b"),
                new EndedAttempt(Id, Ending.Busy, At.AddMicroseconds(63), "ü"),
                new EndedAttempt(Id, Ending.Held, At.AddMicroseconds(63), Owner: null, grant),
            ]);

        var bytes = EndedAttemptsFormat.Write(ended)!;

        Assert.Equal(
            $"02C9{IdAndTime}0004C3BCD80404" + $"42{JustId}8001000262" + $"42{JustId}0104" + $"80{JustId}00D60504",
            Convert.ToHexString(bytes));
        Assert.Equal(ended, EndedAttemptsFormat.Read(bytes));
    }

    [Fact]
    public void AttemptsThatAnOlderVersionStored_AreRead_WithoutOwnersAndGrants()
    {
        var bytes = Convert.FromHexString($"0109{IdAndTime}02{IdAndTime}");

        Assert.Equal(
            [new EndedAttempt(Id, Ending.Released, At), new EndedAttempt(Id, Ending.Busy, At)], EndedAttemptsFormat.Read(bytes).Items);
    }

    [Fact]
    public void WhateverIsRemembered_IsReadAsItWasWritten()
    {
        long[] numbers = [0, 1, -1, 63, 64, 8_191, 8_192, 1L << 40, -(1L << 50)];
        string?[] owners = [null, "a", new string('b', 64), string.Concat(Enumerable.Repeat("🔒", 16)), "a"];
        var ended = new EndedAttempts([.. from held in numbers from above in numbers from owner in owners
            let grantedAt = At.AddMicroseconds(-held)
            select new EndedAttempt(
                Guid.CreateVersion7(), Ending.Released, At.AddMicroseconds(above), owner, new EndedGrant(Micros.Of(grantedAt) + above, grantedAt))]);

        Assert.Equal(ended, EndedAttemptsFormat.Read(EndedAttemptsFormat.Write(ended)));
    }

    // What a release writes to the database's log: a busy key's memory is full.
    [Theory]
    [InlineData(1, 8, 216)]
    [InlineData(8, 8, 391)]
    [InlineData(16, 16, 775)]
    public void AMemoryOfShortHolds_HasSoManyBytes(int owners, int attempts, int bytes)
    {
        var ended = new EndedAttempts([.. Enumerable.Range(0, attempts).Select(i => new EndedAttempt(
            Guid.CreateVersion7(),
            Ending.Released,
            At.AddMicroseconds(i * 7_500),
            $"shop-{i % owners:00}/Orders.Api/12345",
            new EndedGrant(Micros.Of(At) + ((i - 1) * 7_500), At.AddMicroseconds((i - 1) * 7_500))))]);

        Assert.Equal(bytes, EndedAttemptsFormat.Write(ended)!.Length);
    }

    [Fact]
    public void EveryEnding_HasAForm() => Assert.Equal(12, Enum.GetValues<Ending>().Length);

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("0100")]
    [InlineData("0309" + IdAndTime)]
    [InlineData("0209" + IdAndTime + "00")]
    [InlineData("0249" + IdAndTime)]
    [InlineData("0249" + IdAndTime + "02")]
    [InlineData("0249" + IdAndTime + "01")]
    [InlineData("0249" + IdAndTime + "0004FF")]
    [InlineData("0249" + IdAndTime + "0001FF")]
    [InlineData("0289" + IdAndTime + "FFFFFFFFFFFFFFFFFFFFFF01")]
    public void AnotherForm_IsRefused(string hex)
    {
        var refused = Assert.Throws<InvalidDataException>(() => EndedAttemptsFormat.Read(Convert.FromHexString(hex)));
        Assert.Contains("The column 'ended' holds", refused.Message, StringComparison.Ordinal);
    }
}
