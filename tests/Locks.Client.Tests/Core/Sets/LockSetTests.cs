using System.Runtime.CompilerServices;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Sets;

/// <summary>Several keys at once: all or none, asked for together, waited for in one order.</summary>
public sealed class LockSetTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);
    private static readonly string[] Keys = ["b", "a", "c"];

    private readonly FakeCoordinator _coordinator = new();

    public LockSetTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheKeys_AreTakenInOrdinalOrder_OnceEach_WithOneMessage()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await using var set = await fixture.Client.AcquireAllAsync(["b", "B", "a", "b", "é"], Wait, Lease, Cancellation);

        Assert.Equal(["B", "a", "b", "é"], set.Keys);
        Assert.Equal(set.Keys, _coordinator.All<AcquireLock>().Select(acquire => acquire.Key));
        Assert.Equal(1, _coordinator.Batches);
        Assert.All(_coordinator.All<AcquireLock>(), acquire => Assert.Equal((null, Lease), (acquire.LeaseId, acquire.Lease)));
        Assert.Equal([Wait, null, null, null], _coordinator.All<AcquireLock>().Select(acquire => acquire.Wait));
        Assert.Equal([("B", 1L), ("a", 2L), ("b", 3L), ("é", 4L)], set.FencingTokens.Select(
            token => (token.Key, token.Value)).OrderBy(token => token.Value));
        Assert.True(set.IsHeld);
        Assert.Equal(LockHandleState.Held, set.State);
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task Releasing_IsOneMessage_AndNoLoss()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var set = (await fixture.Client.TryAcquireAllAsync(Keys, Lease, Cancellation))!;
        Assert.Equal(1, _coordinator.Batches);

        Assert.True(await set.ReleaseAsync(Cancellation));
        Assert.True(await set.ReleaseAsync(Cancellation));
        await set.DisposeAsync();
        set.Dispose();

        Assert.Equal((LockHandleState.Released, null), (set.State, set.Loss));
        Assert.False(set.IsHeld);
        Assert.False(set.Lost.IsCancellationRequested);
        Assert.Equal(2, _coordinator.Batches);
        Assert.Equal(set.Keys, _coordinator.All<ReleaseLock>().Select(release => release.Key));
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
        Assert.False(await set.RenewAsync(cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Try_WhenOneIsBusy_TakesNone()
    {
        Busy("b");
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        Assert.Null(await fixture.Client.TryAcquireAllAsync(Keys, Lease, Cancellation));

        Assert.Equal(["a", "b", "c"], _coordinator.All<AcquireLock>().Select(acquire => acquire.Key));
        Assert.Equal(["a", "c"], _coordinator.All<ReleaseLock>().Select(release => release.Key).Order());
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
    }

    [Fact]
    public async Task WaitingTooLong_IsATimeout_ThatNamesTheKey_AndTakesNone()
    {
        QueueAt("b");
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var waiting = fixture.Client.AcquireAllAsync(Keys, Wait, Lease, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>(4);
        Assert.Equal(("b", Wait), _coordinator.All<AcquireLock>().Last() is var last ? (last.Key, last.Wait) : default);

        // What is held is renewed meanwhile.
        for (var renewals = 1; renewals <= 6; renewals++)
        {
            await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
            fixture.Time.Advance(Lease / 3);
            if (renewals < 6)
                await _coordinator.ReceivedAsync<RenewLock>(renewals);
        }

        var exception = await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());
        Assert.Equal(("b", Wait), (exception.Key, exception.Wait));
        Assert.All(_coordinator.All<RenewLock>(), renew => Assert.Equal("a", renew.Key));
        await _coordinator.ReceivedAsync<ReleaseLock>(2);
        Assert.Equal(["c", "a"], _coordinator.All<ReleaseLock>().Select(release => release.Key));
        await _coordinator.ReceivedAsync<CancelAcquire>();
    }

    [Fact]
    public async Task AWaiterForASet_HoldsTheLocksForTheWholeLease()
    {
        _coordinator.OnAcquire = acquire => acquire switch
        {
            { Key: "b", Wait: null } => new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy),
            { Key: "b" } => _coordinator.Grant(acquire, Window),
            _ => _coordinator.Grant(acquire),
        };
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await using var set = await fixture.Client.AcquireAllAsync(Keys, Wait, Lease, Cancellation).Within();

        // The offer is confirmed as that of one lock would be.
        fixture.Time.Advance(Window / 20);
        await _coordinator.ReceivedAsync<RenewLock>();
        Assert.Equal("b", _coordinator.All<RenewLock>().Single().Key);
        await HasCountedAsync(fixture, 3, Window / 20);
        fixture.Time.Advance(TimeSpan.FromSeconds(28.999));
        Assert.True(set.IsHeld);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((LockHandleState.Lost, new LockLoss(LockLossReason.Expired)), (set.State, set.Loss));
        Assert.True(set.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task LocksThatWereHeldWhileOthersWereWaitedFor_AreHeldForTheWholeLease_AndThenNotRenewed()
    {
        QueueAt("b");
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var waiting = fixture.Client.AcquireAllAsync(["a", "b"], Wait, Lease, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>(3);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        await _coordinator.SendUnaskedAsync(fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().Last(), Window));

        await using var set = await waiting.Within();
        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await _coordinator.ReceivedAsync<RenewLock>(2);

        Assert.Equal(["a", "b"], _coordinator.All<RenewLock>().Select(renew => renew.Key).Order());
        await HasCountedAsync(fixture, 2, TimeSpan.FromSeconds(2));
        fixture.Time.Advance(TimeSpan.FromSeconds(27.499));
        Assert.True(set.IsHeld);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(new LockLoss(LockLossReason.Expired), set.Loss);
        Assert.Equal(2, _coordinator.All<RenewLock>().Count());
    }

    [Fact]
    public async Task ACancellation_TakesNone()
    {
        _coordinator.OnAcquire = acquire => acquire.Key == "a" ? _coordinator.Grant(acquire) : null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();
        var waiting = fixture.Client.AcquireAllAsync(Keys, Wait, Lease, giveUp.Token);
        await _coordinator.ReceivedAsync<AcquireLock>(3);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        await _coordinator.ReceivedAsync<ReleaseLock>();
        await _coordinator.ReceivedAsync<CancelAcquire>(2);
    }

    [Fact]
    public async Task ALockThatIsLostMeanwhile_IsWaitedForAnew_WithNoneBehindIt()
    {
        QueueAt("b");
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var waiting = fixture.Client.AcquireAllAsync(Keys, Wait, Lease, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>(4);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

        var first = _coordinator.All<AcquireLock>().First();
        await _coordinator.SendUnaskedAsync(fixture, new LockLost("a", LossReasons.Revoked, "the operator"), first.AcquireId);

        await using var set = await waiting.Within();
        Assert.True(set.IsHeld);
        Assert.Equal("b", _coordinator.All<CancelAcquire>().Single().Key);
        Assert.Equal(["a", "b", "c"], _coordinator.All<AcquireLock>().Skip(4).Select(acquire => acquire.Key));
    }

    [Fact]
    public async Task ATryThatIsAnsweredOnlyWhenSomeOfItsLocksAreOver_IsUnavailable()
    {
        _coordinator.OnAcquire = acquire => acquire.Key == "a" ? _coordinator.Grant(acquire) : null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var trying = fixture.Client.TryAcquireAllAsync(Keys, TimeSpan.FromSeconds(5), Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>(3);

        await Eventually.HoldsAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return trying.IsCompleted;
        });

        await Assert.ThrowsAsync<LockUnavailableException>(() => trying);
    }

    [Fact]
    public async Task AutoRenew_RenewsEachLock()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var set = (await fixture.Client.TryAcquireAllAsync(Keys, new LockOptions { Lease = Lease, AutoRenew = true }, Cancellation))!;
        for (var renewals = 1; renewals <= 3; renewals++)
        {
            await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease, Keys.Length));
            fixture.Time.Advance(Lease / 3);
            await _coordinator.ReceivedAsync<RenewLock>(renewals * Keys.Length);
        }

        Assert.True(set.IsHeld);
        await set.DisposeAsync();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
    }

    [Fact]
    public async Task Renew_IsOneMessage_AndReportsALockThatIsLost()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var set = (await fixture.Client.TryAcquireAllAsync(Keys, Lease, Cancellation))!;
        Assert.True(await set.RenewAsync(cancellationToken: Cancellation));
        Assert.Equal(2, _coordinator.Batches);
        Assert.Equal(set.Keys, _coordinator.All<RenewLock>().Select(renew => renew.Key));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => set.RenewAsync(TimeSpan.Zero, Cancellation));
        _coordinator.OnRenew = renew => renew.Key == "c" ? new LockLost("c", LossReasons.Expired) : new LockRenewed(renew.Key, 1, renew.Lease);

        Assert.False(await set.RenewAsync(cancellationToken: Cancellation));

        Assert.Equal(LockHandleState.Lost, set.State);
        Assert.False(await set.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task WhenOneLockIsRevoked_TheSetIsLost()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var set = (await fixture.Client.TryAcquireAllAsync(Keys, new LockOptions { Lease = Lease, AutoRenew = true }, Cancellation))!;

        await _coordinator.SendUnaskedAsync(fixture, new LockLost("c", LossReasons.Revoked, "the operator", set.FencingTokens["c"]));

        await Eventually.FiresAsync(set.Lost);
        Assert.Equal((LockHandleState.Lost, new LockLoss(LockLossReason.Revoked, "the operator")), (set.State, set.Loss));
        Assert.Empty(_coordinator.All<ReleaseLock>());
        Assert.False(await set.ReleaseAsync(Cancellation));
        Assert.Equal(["a", "b"], _coordinator.All<ReleaseLock>().Select(release => release.Key));
    }

    [Fact]
    public async Task ASetIsAtRisk_WhenOneOfItsLocksIs_AndNoMoreOnceThatIsRenewed()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var set = (await fixture.Client.TryAcquireAllAsync(Keys, Lease, Cancellation))!;
        var atRisk = set.AtRisk;

        fixture.Time.Advance(LockFixture.TimeUntilAtRisk(Lease));
        await Eventually.FiresAsync(atRisk);
        Assert.Equal(LockHandleState.AtRisk, set.State);

        Assert.True(await set.RenewAsync(cancellationToken: Cancellation));
        Assert.Equal(LockHandleState.Held, set.State);
        Assert.False(set.AtRisk.IsCancellationRequested);
    }

    [Fact]
    public async Task HoldUntilExpiry_DisposingStopsTheRenewal_AndReleasesNothing()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var options = new LockOptions { Lease = Lease, AutoRenew = true, HoldUntilExpiry = true };
        var set = (await fixture.Client.TryAcquireAllAsync(Keys, options, Cancellation))!;

        await set.DisposeAsync();

        await Eventually.HoldsAsync(() =>
            fixture.Time.Timers is { Count: 3 } timers && timers.All(timer => timer == LockFixture.TimeUntilAtRisk(Lease)));
        Assert.True(set.IsHeld);
        Assert.Empty(_coordinator.All<ReleaseLock>());
        Assert.True(await set.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task AnUnreferencedSet_IsNotRenewed()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var set = await AcquireAndForgetAsync(fixture);
        await Eventually.HoldsAsync(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !set.IsAlive && fixture.AwaitsRenewal(Lease);
        });

        fixture.Time.Advance(Lease / 3);

        Assert.All(Keys, key => Assert.Contains(
            fixture.Logs.Lines, line => line.Contains($"The handle of lock {key} was neither released", StringComparison.Ordinal)));
        fixture.Time.Advance(Lease);
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task InvalidInput_IsRefused_BeforeAnythingIsSent()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await RefusesAsync([], Wait, Lease, "Keys are none; there must be 1 to 1000");
        await RefusesAsync(
            Enumerable.Range(0, 1_001).Select(key => $"{key}"), Wait, Lease, "Keys are more than 1000; there must be 1 to 1000");
        await RefusesAsync(["a", ""], Wait, Lease, "Key is missing or empty");
        await RefusesAsync(["a", null!], Wait, Lease, "Key is missing or empty");
        await RefusesAsync(["a"], TimeSpan.FromSeconds(-2), Lease, "Wait is -00:00:02; it must be between", isRange: true);
        await RefusesAsync(["a"], Wait, TimeSpan.Zero, "Lease is 00:00:00; it must be between", isRange: true);
        await RefusesAsync(["a"], Wait, new LockOptions { Owner = "" }, "Owner is missing or empty");
        await RefusesAsync(
            ["a"], Wait, new LockOptions { HoldAtLeast = Lease }, "HoldAtLeast is 00:00:30; it must be absent for several keys");
        await RefusesAsync(
            ["a"], Wait, new LockOptions { AtRiskAfter = 2 }, "AtRiskAfter is 2; it must be more than 0 and less than 1", isRange: true);
        await Assert.ThrowsAsync<ArgumentNullException>(() => fixture.Client.TryAcquireAllAsync(null!, Lease, Cancellation));

        Assert.Empty(_coordinator.Received);

        async Task RefusesAsync(IEnumerable<string> keys, TimeSpan wait, LockOptions options, string says, bool isRange = false)
        {
            var refusal = await Assert.ThrowsAnyAsync<ArgumentException>(
                () => fixture.Client.AcquireAllAsync(keys, wait, options, Cancellation));
            Assert.Equal(isRange, refusal is ArgumentOutOfRangeException);
            Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> AcquireAndForgetAsync(LockFixture fixture) =>
        new(await fixture.Client.TryAcquireAllAsync(Keys, new LockOptions { Lease = Lease, AutoRenew = true }));

    private void Busy(string key) => _coordinator.OnAcquire = acquire => acquire.Key == key
        ? new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy)
        : _coordinator.Grant(acquire);

    /// <summary>Waits until the client counts so many full leases, of which some time has passed.</summary>
    private static Task HasCountedAsync(LockFixture fixture, int count, TimeSpan passed) => Eventually.HoldsAsync(
        () => fixture.Time.Timers.Count(timer => timer == LockFixture.TimeUntilAtRisk(Lease) - passed) == count);

    /// <summary>A key is held by another owner, and its waiters are queued. All others are free.</summary>
    private void QueueAt(string key) => _coordinator.OnAcquire = acquire => acquire.Key != key ? _coordinator.Grant(acquire)
        : acquire.Wait is null ? new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy)
        : new LockQueued(acquire.Key, acquire.AcquireId, 1);
}
