using System.Runtime.CompilerServices;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Leases;

/// <summary>Locks that live and die with a shared lease.</summary>
public sealed class LeasedLockTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private readonly FakeCoordinator _coordinator = new();

    public LeasedLockTests() => _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ALock_NamesItsLease_AndIsLostWithIt()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var taken = await fixture.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Cancellation);

        Assert.True(taken.Acquired);
        Assert.Equal((LockFixture.Key, 1), (taken.Key, taken.FencingToken));
        Assert.Equal((lease.Id, Ttl), _coordinator.All<AcquireLock>().Select(acquire => (acquire.LeaseId!.Value, acquire.Lease)).Single());
        var handle = taken.Handle!;
        Assert.Equal(LockHandleState.Held, handle.State);
        var risk = handle.AtRisk;
        fixture.Time.Advance(LockFixture.TimeUntilAtRisk(Ttl));
        Assert.Equal(LockHandleState.AtRisk, handle.State);
        Assert.True(risk.IsCancellationRequested);

        fixture.Time.Advance(Ttl);

        Assert.Equal((LockHandleState.Lost, new LockLoss(LockLossReason.LeaseEnded)), (handle.State, handle.Loss));
        Assert.True(handle.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task ABusyLock_IsNotAcquired()
    {
        _coordinator.OnAcquire = acquire => new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.Busy);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);

        await using var busy = await fixture.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Cancellation);

        Assert.False(busy.Acquired);
        Assert.Equal((LockFixture.Key, 0, null), (busy.Key, busy.FencingToken, busy.Handle));
        await Assert.ThrowsAsync<LockTimeoutException>(
            () => fixture.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Wait, Cancellation));
    }

    [Fact]
    public async Task AnOffer_IsConfirmed_AndCountsByWhatIsLeftOfTheLease()
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1);
        _coordinator.OnRenew = renew => new LockRenewed(renew.Key, 1, TimeSpan.FromSeconds(20));
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var waiting = fixture.Client.Locks.AcquireAsync(LockFixture.Key, Guid.CreateVersion7(), Wait, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();
        await _coordinator.SendUnaskedAsync(fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().First(), TimeSpan.FromSeconds(10)));

        var taken = await waiting.Within();

        Assert.True(taken.Acquired);
        Assert.Single(_coordinator.All<RenewLock>());
        fixture.Time.Advance(TimeSpan.FromSeconds(19.499));
        Assert.True(taken.Handle!.IsHeld);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(taken.Handle.IsHeld);
    }

    [Fact]
    public async Task ALeaseThatAnotherProcessWasGranted_CountsByWhatTheGrantSaysIsLeft()
    {
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire, TimeSpan.FromSeconds(12));
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var foreign = Guid.CreateVersion7();

        var first = await fixture.Client.Locks.AcquireAsync("a", foreign, Cancellation);
        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(first.Handle!.IsHeld);
        // What is learned about the lease is good for all locks on it.
        var second = await fixture.Client.Locks.AcquireAsync("b", foreign, Cancellation);
        fixture.Time.Advance(TimeSpan.FromSeconds(11.499));
        Assert.True(first.Handle.IsHeld);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(first.Handle.IsHeld);
        Assert.False(second.Handle!.IsHeld);
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task Renewing_RenewsTheLease()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var handle = (await fixture.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Cancellation)).Handle!;
        fixture.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.True(await handle.RenewAsync(cancellationToken: Cancellation));
        Assert.True(await handle.RenewAsync(TimeSpan.FromMinutes(5), Cancellation));
        fixture.Time.Advance(TimeSpan.FromMinutes(4));

        Assert.True(lease.IsAlive);
        Assert.True(handle.IsHeld);
        Assert.Equal([Ttl, TimeSpan.FromMinutes(5)], _coordinator.All<RenewLease>().Select(renew => renew.Ttl));
        _coordinator.OnRenewLease = renew => new LeaseNotFound(renew.LeaseId);
        Assert.False(await handle.RenewAsync(cancellationToken: Cancellation));
        Assert.Equal(new LockLoss(LockLossReason.LeaseEnded), handle.Loss);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => handle.RenewAsync(TimeSpan.Zero, Cancellation));
    }

    [Fact]
    public async Task Releasing_LeavesTheLeaseAndTheOtherLocksAlone()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var first = await fixture.Client.Locks.AcquireAsync("a", lease.Id, Cancellation);
        var second = await fixture.Client.Locks.AcquireAsync("b", lease.Id, Cancellation);

        await first.DisposeAsync();

        Assert.Equal((LockHandleState.Released, LockHandleState.Held), (first.Handle!.State, second.Handle!.State));
        Assert.True(lease.IsAlive);
        fixture.Time.Advance(Ttl);
        Assert.False(first.Handle.Lost.IsCancellationRequested);
        Assert.True(second.Handle.Lost.IsCancellationRequested);
        Assert.Equal("a", _coordinator.All<ReleaseLock>().Single().Key);
    }

    [Fact]
    public async Task RevokingOneLock_LeavesTheLeaseAndTheOthersAlone()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var first = await fixture.Client.Locks.AcquireAsync("a", lease.Id, Cancellation);
        var second = await fixture.Client.Locks.AcquireAsync("b", lease.Id, Cancellation);

        await _coordinator.SendUnaskedAsync(fixture, new LockLost("b", LossReasons.Revoked, "the operator", second.FencingToken));

        await Eventually.FiresAsync(second.Handle!.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "the operator"), second.Handle.Loss);
        Assert.True(lease.IsAlive);
        Assert.True(first.Handle!.IsHeld);
    }

    [Fact]
    public async Task RevokingTheLease_LosesItsLocks_BeforeTheRequestIsSent()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.Owner = "me");
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var handles = new List<ILockHandle>();
        foreach (var key in new[] { "a", "b", "c" })
            handles.Add((await fixture.Client.Locks.AcquireAsync(key, lease.Id, Cancellation)).Handle!);
        var wereLost = false;
        _coordinator.OnRevokeLease = revoke =>
        {
            wereLost = handles.TrueForAll(handle => handle.Lost.IsCancellationRequested);
            return new LeaseRevoked(revoke.LeaseId);
        };

        Assert.True(await fixture.Client.Leases.RevokeAsync(lease.Id, Cancellation));

        Assert.True(wereLost);
        Assert.All(handles, handle => Assert.Equal(new LockLoss(LockLossReason.LeaseEnded, "me"), handle.Loss));
        foreach (var handle in handles)
            await handle.DisposeAsync();
        Assert.Empty(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task AGrantThatCrossesTheRevocationOfItsLease_IsNoLock()
    {
        _coordinator.OnAcquire = _ => null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var foreign = Guid.CreateVersion7();
        var trying = fixture.Client.Locks.AcquireAsync(LockFixture.Key, foreign, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();

        await fixture.Client.Leases.RevokeAsync(foreign, Cancellation);
        await _coordinator.SendUnaskedAsync(fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().First()));

        var refusal = await Assert.ThrowsAsync<LockRefusedException>(() => trying.Within());
        Assert.Equal(DenyReasons.LeaseNotFound, refusal.Reason);
        await _coordinator.ReceivedAsync<CancelAcquire>();
    }

    [Fact]
    public async Task AnAcquireOnALeaseThatTheCoordinatorDoesNotKnow_IsRefused_AndTheLeaseIsLost()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var first = await fixture.Client.Locks.AcquireAsync("a", lease.Id, Cancellation);
        _coordinator.OnAcquire = acquire => new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.LeaseNotFound);

        var refusal = await Assert.ThrowsAsync<LockRefusedException>(() => fixture.Client.Locks.AcquireAsync("b", lease.Id, Cancellation));

        Assert.Equal(DenyReasons.LeaseNotFound, refusal.Reason);
        Assert.False(lease.IsAlive);
        Assert.False(first.Handle!.IsHeld);
    }

    [Fact]
    public async Task AnUnreferencedLease_IsNotKeptAlive_UnlessALockOnItIsReferenced()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var (held, lease) = await KeepAliveThroughALockAsync(fixture);
        await CollectAsync(fixture);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Ttl));
        fixture.Time.Advance(Ttl / 3);
        await _coordinator.ReceivedAsync<RenewLease>(2);
        GC.KeepAlive(held);

        held = null;
        await CollectAsync(fixture, until: () => !lease.IsAlive);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Ttl));
        fixture.Time.Advance(Ttl / 3);

        Assert.Contains(fixture.Logs.Lines, line => line.Contains("The application refers to lease", StringComparison.Ordinal));
        fixture.Time.Advance(Ttl);
        Assert.Equal(2, _coordinator.All<RenewLease>().Count());
    }

    [Fact]
    public async Task ManyLocksOnALease_HaveOneTimer_AndOneRenewal()
    {
        const int Locks = 1_000;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var handles = new List<ILockHandle>();
        foreach (var keys in Enumerable.Range(0, Locks).Chunk(250))
        {
            var taken = await Task.WhenAll(keys.Select(key => fixture.Client.Locks.AcquireAsync($"{key}", lease.Id, Cancellation)));
            handles.AddRange(taken.Select(one => one.Handle!));
        }

        await Eventually.HoldsAsync(() => fixture.Time.Timers is [var only] && only == LockFixture.TimeUntilAtRisk(Ttl));
        fixture.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await fixture.Client.Leases.RenewAsync(lease.Id, Cancellation));
        Assert.Single(_coordinator.All<RenewLease>());
        fixture.Time.Advance(TimeSpan.FromSeconds(29.499));
        Assert.All(handles, handle => Assert.True(handle.IsHeld));

        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.All(handles, handle => Assert.True(handle.Lost.IsCancellationRequested));
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(ILockHandle? Held, WeakReference Lease)> KeepAliveThroughALockAsync(LockFixture fixture)
    {
        var lease = await fixture.Client.Leases.GrantAsync(Ttl);
        await fixture.Client.Leases.KeepAliveAsync(lease.Id);
        return ((await fixture.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id)).Handle, new WeakReference(lease));
    }

    private static Task CollectAsync(LockFixture fixture, Func<bool>? until = null) => Eventually.HoldsAsync(() =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return until?.Invoke() ?? fixture.AwaitsRenewal(Ttl);
    });
}
