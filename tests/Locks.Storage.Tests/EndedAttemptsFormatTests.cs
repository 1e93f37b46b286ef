using System.Collections.Immutable;
using Locks.Coordinator.Domain;
using Locks.Storage.Relational;
using Xunit;

namespace Locks.Storage.Tests;

public sealed class EndedAttemptsFormatTests
{
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
    public void TheStoredForm_IsPinned(string ending, string kind)
    {
        var attempt = new EndedAttempt(
            new Guid("00112233-4455-6677-8899-aabbccddeeff"),
            Enum.Parse<Ending>(ending),
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddMicroseconds(678_901));
        var ended = new EndedAttempts(ImmutableArray.Create(attempt));

        var bytes = EndedAttemptsFormat.Write(ended)!;

        Assert.Equal($"01{kind}00112233445566778899AABBCCDDEEFF0006475EF6574F35", Convert.ToHexString(bytes));
        Assert.Equal(ended, EndedAttemptsFormat.Read(bytes));
    }

    [Fact]
    public void EveryEnding_HasAForm() => Assert.Equal(12, Enum.GetValues<Ending>().Length);

    [Theory]
    [InlineData("")]
    [InlineData("02")]
    [InlineData("0100")]
    public void AnotherForm_IsRefused(string hex) =>
        Assert.Throws<InvalidDataException>(() => EndedAttemptsFormat.Read(Convert.FromHexString(hex)));
}
