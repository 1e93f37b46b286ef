using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>A caller that waits for 500 ms was told only after 15 s that no coordinator answers.</summary>
public sealed class WaitWithoutAnswerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, 2_000)] // One repeat of the request, 1 s after the first, still gets an answer.
    [InlineData(5_000, 5_000)]
    [InlineData(60_000, 15_000)]
    public async Task TheWait_BoundsTheCall_ButForOneRepeatOfTheRequest(int waitMs, int endMs)
    {
        await using var fixture = await LockFixture.StartAloneAsync();
        var (wait, end) = (TimeSpan.FromMilliseconds(waitMs), TimeSpan.FromMilliseconds(endMs));
        var started = fixture.Time.GetTimestamp();
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, wait, TimeSpan.FromSeconds(30), Cancellation);

        await Eventually.HoldsAsync(() =>
        {
            if (!waiting.IsCompleted)
                fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            return waiting.IsCompleted;
        });

        await Assert.ThrowsAsync<LockUnavailableException>(() => waiting);
        Assert.InRange(fixture.Time.GetElapsedTime(started), end, end + TimeSpan.FromSeconds(5));
    }
}
