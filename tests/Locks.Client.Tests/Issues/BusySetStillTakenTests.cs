using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// A set that could not be acquired was answered before the locks that had been taken for it were free again: the caller that then tried
/// one of them found it busy.
/// </summary>
public sealed class BusySetStillTakenTests
{
    private readonly FakeCoordinator _coordinator = new() { OnRelease = _ => null };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASetThatIsBusy_IsAnsweredWhenItsLocksAreFreeAgain()
    {
        _coordinator.OnAcquire = acquire => acquire.Key == "b"
            ? new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy)
            : _coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var trying = fixture.Client.TryAcquireAllAsync(["a", "b"], cancellationToken: Cancellation);
        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.False(trying.IsCompleted);

        // The repeat of the release is answered.
        _coordinator.OnRelease = release => new LockReleased(release.Key, 1);
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await trying.Within());
    }

    [Fact]
    public async Task ACallerThatGivesUp_DoesNotWaitForThat()
    {
        _coordinator.OnAcquire = acquire => acquire.Key == "b" ? null : _coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();

        var trying = fixture.Client.TryAcquireAllAsync(["a", "b"], cancellationToken: giveUp.Token);
        await _coordinator.ReceivedAsync<AcquireLock>(2);
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying.Within());
    }
}
