using Locks.Cli.CommandLine;
using Xunit;

namespace Locks.Cli.Tests.CommandLine;

public sealed class DurationTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("5m", 300_000)]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("500ms", 500)]
    [InlineData("1m500ms", 60_500)]
    [InlineData("1.5s", 1_500)]
    [InlineData("30", 30_000)]
    [InlineData("0.25", 250)]
    [InlineData("0", 0)]
    public void ADuration_IsRead_AsPeopleWriteIt(string text, int milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5y")]
    [InlineData("s")]
    [InlineData("1e3")]
    [InlineData("99999999999999999999")]
    [InlineData("999999999d")]
    [InlineData("00:01:00")]
    public void AnythingElse_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(500, "500ms")]
    [InlineData(90_000, "1m30s")]
    [InlineData(90_000_000, "25h")]
    public void ADuration_IsWritten_InTheSameForm(int milliseconds, string text) =>
        Assert.Equal(text, Duration.Format(TimeSpan.FromMilliseconds(milliseconds)));
}
