using System.Runtime.CompilerServices;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Sets;

/// <summary>Several keys at once: all or none, in one order, under one lease.</summary>
public sealed class LockSetTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);
    private static readonly string[] Keys = ["b", "a", "c"];

    private readonly FakeCoordinator _coordinator = new();

    public LockSetTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheKeys_AreTakenInOrdinalOrder_OnceEach_UnderOneLease()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await using var set = await fixture.Client.AcquireAllAsync(["b", "B", "a", "b", "é"], Wait, Lease, Cancellation);

        Assert.Equal(["B", "a", "b", "é"], set.Keys);
        Assert.Equal(set.Keys, _coordinator.All<AcquireLock>().Select(acquire => acquire.Key));
        var lease = Assert.Single(_coordinator.All<GrantLease>());
        Assert.All(_coordinator.All<AcquireLock>(), acquire => Assert.Equal((lease.LeaseId, Lease), (acquire.LeaseId, acquire.Lease)));
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

        Assert.True(await set.ReleaseAsync(Cancellation));
        Assert.True(await set.ReleaseAsync(Cancellation));
        await set.DisposeAsync();
        set.Dispose();

        Assert.Equal((LockHandleState.Released, null), (set.State, set.Loss));
        Assert.False(set.IsHeld);
        Assert.False(set.Lost.IsCancellationRequested);
        Assert.Single(_coordinator.All<RevokeLease>());
        Assert.Empty(_coordinator.All<ReleaseLock>());
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
        Assert.False(await set.RenewAsync(cancellationToken: Cancellation));
    }

    [Fact]
    public async Task Try_WhenOneIsBusy_TakesNone()
    {
        Busy("b");
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        Assert.Null(await fixture.Client.TryAcquireAllAsync(Keys, Lease, Cancellation));

        await _coordinator.ReceivedAsync<RevokeLease>();
        Assert.Equal(_coordinator.All<GrantLease>().Single().LeaseId, _coordinator.All<RevokeLease>().Single().LeaseId);
        Assert.Equal(["a", "b"], _coordinator.All<AcquireLock>().Select(acquire => acquire.Key));
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
    }

    [Fact]
    public async Task WaitingTooLong_IsATimeout_ThatNamesTheKey_AndTakesNone()
    {
        _coordinator.OnAcquire = acquire => acquire switch
        {
            { Key: "a" } => _coordinator.Grant(acquire),
            { Wait: null } => new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy),
            _ => new LockQueued(acquire.Key, acquire.AcquireId, 1),
        };
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var waiting = fixture.Client.AcquireAllAsync(Keys, Wait, Lease, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>(3);
        Assert.Equal(Wait, _coordinator.All<AcquireLock>().Last().Wait);

        // The lease is kept alive meanwhile.
        for (var renewals = 1; renewals <= 6; renewals++)
        {
            await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
            fixture.Time.Advance(Lease / 3);
            if (renewals < 6)
                await _coordinator.ReceivedAsync<RenewLease>(renewals);
        }

        var exception = await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());
        Assert.Equal(("b", Wait), (exception.Key, exception.Wait));
        await _coordinator.ReceivedAsync<RevokeLease>();
        await _coordinator.ReceivedAsync<CancelAcquire>();
    }

    [Fact]
    public async Task AWaiterForASet_HoldsTheLocksForTheWholeLease()
    {
        _coordinator.OnAcquire = acquire => acquire is { Key: "b", Wait: null }
            ? new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy)
            : _coordinator.Grant(acquire, TimeSpan.FromSeconds(10));
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await using var set = await fixture.Client.AcquireAllAsync(Keys, Wait, Lease, Cancellation).Within();

        Assert.Equal("b", _coordinator.All<RenewLock>().Single().Key);
        Assert.Single(_coordinator.All<RenewLease>());
        await Eventually.HoldsAsync(() => fixture.Time.Timers is [var only] && only == LockFixture.TimeUntilAtRisk(Lease));
        fixture.Time.Advance(TimeSpan.FromSeconds(29.499));
        Assert.True(set.IsHeld);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((LockHandleState.Lost, new LockLoss(LockLossReason.LeaseEnded)), (set.State, set.Loss));
        Assert.True(set.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task ACancellation_TakesNone()
    {
        _coordinator.OnAcquire = acquire => acquire.Key == "a" ? _coordinator.Grant(acquire) : null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();
        var waiting = fixture.Client.AcquireAllAsync(Keys, Wait, Lease, giveUp.Token);
        await _coordinator.ReceivedAsync<AcquireLock>(2);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        await _coordinator.ReceivedAsync<RevokeLease>();
        await _coordinator.ReceivedAsync<CancelAcquire>();
    }

    [Fact]
    public async Task ALeaseThatEndsMeanwhile_IsUnavailable()
    {
        _coordinator.OnAcquire = acquire => acquire.Key == "a"
            ? _coordinator.Grant(acquire)
            : new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.LeaseNotFound);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.Client.TryAcquireAllAsync(Keys, Lease, Cancellation));

        await _coordinator.ReceivedAsync<RevokeLease>();
    }

    [Fact]
    public async Task AutoRenew_RenewsTheLease_AndNotEachLock()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var set = (await fixture.Client.TryAcquireAllAsync(Keys, new LockOptions { Lease = Lease, AutoRenew = true }, Cancellation))!;
        for (var renewals = 1; renewals <= 3; renewals++)
        {
            await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Lease));
            fixture.Time.Advance(Lease / 3);
            await _coordinator.ReceivedAsync<RenewLease>(renewals);
        }

        Assert.Empty(_coordinator.All<RenewLock>());
        Assert.True(set.IsHeld);
        await set.DisposeAsync();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
    }

    [Fact]
    public async Task Renew_IsOneMessage_AndReportsALeaseThatHasEnded()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var set = (await fixture.Client.TryAcquireAllAsync(Keys, Lease, Cancellation))!;
        Assert.True(await set.RenewAsync(cancellationToken: Cancellation));
        Assert.Single(_coordinator.All<RenewLease>());
        await Assert.ThrowsAsync<ArgumentException>(() => set.RenewAsync(TimeSpan.Zero, Cancellation));
        _coordinator.OnRenewLease = renew => new LeaseNotFound(renew.LeaseId);

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
        Assert.Empty(_coordinator.All<RevokeLease>());
        Assert.False(await set.ReleaseAsync(Cancellation));
        Assert.Single(_coordinator.All<RevokeLease>());
    }

    [Fact]
    public async Task HoldUntilExpiry_DisposingStopsTheRenewal_AndReleasesNothing()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var options = new LockOptions { Lease = Lease, AutoRenew = true, HoldUntilExpiry = true };
        var set = (await fixture.Client.TryAcquireAllAsync(Keys, options, Cancellation))!;

        await set.DisposeAsync();

        await Eventually.HoldsAsync(() => fixture.Time.Timers is [var only] && only == LockFixture.TimeUntilAtRisk(Lease));
        Assert.True(set.IsHeld);
        Assert.Empty(_coordinator.All<RevokeLease>());
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

        Assert.Contains(fixture.Logs.Lines, line => line.Contains("The application refers to lease", StringComparison.Ordinal));
        fixture.Time.Advance(Lease);
        Assert.Empty(_coordinator.All<RenewLease>());
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
        await RefusesAsync(["a"], TimeSpan.Zero, Lease, "Wait is 00:00:00; it must be between");
        await RefusesAsync(["a"], Wait, TimeSpan.Zero, "Lease is 00:00:00; it must be between");
        await RefusesAsync(["a"], Wait, new LockOptions { Owner = "" }, "Owner is missing or empty");
        await RefusesAsync(
            ["a"], Wait, new LockOptions { HoldAtLeast = Lease }, "HoldAtLeast is 00:00:30; it must be absent for several keys");
        await RefusesAsync(["a"], Wait, new LockOptions { AtRiskAfter = 2 }, "AtRiskAfter is 2; it must be more than 0 and less than 1");
        await Assert.ThrowsAsync<ArgumentNullException>(() => fixture.Client.TryAcquireAllAsync(null!, Lease, Cancellation));

        Assert.Empty(_coordinator.Received);

        async Task RefusesAsync(IEnumerable<string> keys, TimeSpan wait, LockOptions options, string says)
        {
            var refusal = await Assert.ThrowsAsync<ArgumentException>(
                () => fixture.Client.AcquireAllAsync(keys, wait, options, Cancellation));
            Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> AcquireAndForgetAsync(LockFixture fixture) =>
        new(await fixture.Client.TryAcquireAllAsync(Keys, new LockOptions { Lease = Lease, AutoRenew = true }));

    private void Busy(string key) => _coordinator.OnAcquire = acquire => acquire.Key == key
        ? new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy)
        : _coordinator.Grant(acquire);
}
