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

    public LeasedLockTests() => _coordinator.OnAcquire = asked => _coordinator.Grant(asked);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ALock_NamesItsLease_AndIsLostWithIt()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        var taken = await world.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Cancellation);

        Assert.True(taken.Acquired);
        Assert.Equal((LockFixture.Key, 1), (taken.Key, taken.FencingToken));
        Assert.Equal((lease.Id, Ttl), _coordinator.All<AcquireLock>().Select(asked => (asked.LeaseId!.Value, asked.Lease)).Single());
        var handle = taken.Handle!;
        Assert.Equal(LockHandleState.Held, handle.State);
        var risk = handle.AtRisk;
        world.Time.Advance(LockFixture.UntilRisk(Ttl));
        Assert.Equal(LockHandleState.AtRisk, handle.State);
        Assert.True(risk.IsCancellationRequested);

        world.Time.Advance(Ttl);

        Assert.Equal((LockHandleState.Lost, new LockLoss(LockLossReason.LeaseEnded)), (handle.State, handle.Loss));
        Assert.True(handle.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task ABusyLock_IsNotAcquired()
    {
        _coordinator.OnAcquire = asked => new LockDenied(asked.Key, asked.AcquireId, DenyReasons.Busy);
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);

        await using var busy = await world.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Cancellation);

        Assert.False(busy.Acquired);
        Assert.Equal((LockFixture.Key, 0, null), (busy.Key, busy.FencingToken, busy.Handle));
        await Assert.ThrowsAsync<LockTimeoutException>(() => world.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Wait, Cancellation));
    }

    [Fact]
    public async Task AGrantOutOfTheLine_IsConfirmed_AndCountsByWhatIsLeftOfTheLease()
    {
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 1);
        _coordinator.OnRenew = renew => new LockRenewed(renew.Key, 1, TimeSpan.FromSeconds(20));
        await using var world = await LockFixture.StartAsync(_coordinator);
        var waiting = world.Client.Locks.AcquireAsync(LockFixture.Key, Guid.CreateVersion7(), Wait, Cancellation);
        await _coordinator.ComesAsync<AcquireLock>();
        await _coordinator.SayAsync(world, _coordinator.Grant(_coordinator.All<AcquireLock>().First(), TimeSpan.FromSeconds(10)));

        var taken = await waiting.Within();

        Assert.True(taken.Acquired);
        Assert.Single(_coordinator.All<RenewLock>());
        world.Time.Advance(TimeSpan.FromSeconds(19.499));
        Assert.True(taken.Handle!.IsHeld);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(taken.Handle.IsHeld);
    }

    [Fact]
    public async Task ALeaseThatAnotherProcessWasGranted_CountsByWhatTheGrantSaysIsLeft()
    {
        _coordinator.OnAcquire = asked => _coordinator.Grant(asked, TimeSpan.FromSeconds(12));
        await using var world = await LockFixture.StartAsync(_coordinator);
        var foreign = Guid.CreateVersion7();

        var first = await world.Client.Locks.AcquireAsync("a", foreign, Cancellation);
        world.Time.Advance(TimeSpan.FromSeconds(11));
        Assert.True(first.Handle!.IsHeld);
        // What is learned about the lease is good for all locks on it.
        var second = await world.Client.Locks.AcquireAsync("b", foreign, Cancellation);
        world.Time.Advance(TimeSpan.FromSeconds(11.499));
        Assert.True(first.Handle.IsHeld);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(first.Handle.IsHeld);
        Assert.False(second.Handle!.IsHeld);
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task Renewing_RenewsTheLease()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        var handle = (await world.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Cancellation)).Handle!;
        world.Time.Advance(TimeSpan.FromSeconds(20));

        Assert.True(await handle.RenewAsync(cancellationToken: Cancellation));
        Assert.True(await handle.RenewAsync(TimeSpan.FromMinutes(5), Cancellation));
        world.Time.Advance(TimeSpan.FromMinutes(4));

        Assert.True(lease.IsAlive);
        Assert.True(handle.IsHeld);
        Assert.Equal([Ttl, TimeSpan.FromMinutes(5)], _coordinator.All<RenewLease>().Select(renew => renew.Ttl));
        _coordinator.OnRenewLease = renew => new LeaseNotFound(renew.LeaseId);
        Assert.False(await handle.RenewAsync(cancellationToken: Cancellation));
        Assert.Equal(new LockLoss(LockLossReason.LeaseEnded), handle.Loss);
        await Assert.ThrowsAsync<ArgumentException>(() => handle.RenewAsync(TimeSpan.Zero, Cancellation));
    }

    [Fact]
    public async Task Releasing_LeavesTheLeaseAndTheOtherLocksAlone()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        var first = await world.Client.Locks.AcquireAsync("a", lease.Id, Cancellation);
        var second = await world.Client.Locks.AcquireAsync("b", lease.Id, Cancellation);

        await first.DisposeAsync();

        Assert.Equal((LockHandleState.Released, LockHandleState.Held), (first.Handle!.State, second.Handle!.State));
        Assert.True(lease.IsAlive);
        world.Time.Advance(Ttl);
        Assert.False(first.Handle.Lost.IsCancellationRequested);
        Assert.True(second.Handle.Lost.IsCancellationRequested);
        Assert.Equal("a", _coordinator.All<ReleaseLock>().Single().Key);
    }

    [Fact]
    public async Task RevokingOneLock_LeavesTheLeaseAndTheOthersAlone()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        var first = await world.Client.Locks.AcquireAsync("a", lease.Id, Cancellation);
        var second = await world.Client.Locks.AcquireAsync("b", lease.Id, Cancellation);

        await _coordinator.SayAsync(world, new LockLost("b", LossReasons.Revoked, "the operator", second.FencingToken));

        await Eventually.FiresAsync(second.Handle!.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "the operator"), second.Handle.Loss);
        Assert.True(lease.IsAlive);
        Assert.True(first.Handle!.IsHeld);
    }

    [Fact]
    public async Task RevokingTheLease_LosesItsLocks_BeforeTheCoordinatorIsTold()
    {
        await using var world = await LockFixture.StartAsync(_coordinator, options => options.Owner = "me");
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        var handles = new List<ILockHandle>();
        foreach (var key in new[] { "a", "b", "c" })
            handles.Add((await world.Client.Locks.AcquireAsync(key, lease.Id, Cancellation)).Handle!);
        var wereLost = false;
        _coordinator.OnRevokeLease = revoke =>
        {
            wereLost = handles.TrueForAll(handle => handle.Lost.IsCancellationRequested);
            return new LeaseRevoked(revoke.LeaseId);
        };

        Assert.True(await world.Client.Leases.RevokeAsync(lease.Id, Cancellation));

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
        await using var world = await LockFixture.StartAsync(_coordinator);
        var foreign = Guid.CreateVersion7();
        var trying = world.Client.Locks.AcquireAsync(LockFixture.Key, foreign, Cancellation);
        await _coordinator.ComesAsync<AcquireLock>();

        await world.Client.Leases.RevokeAsync(foreign, Cancellation);
        await _coordinator.SayAsync(world, _coordinator.Grant(_coordinator.All<AcquireLock>().First()));

        var refusal = await Assert.ThrowsAsync<LockRefusedException>(() => trying.Within());
        Assert.Equal(DenyReasons.LeaseNotFound, refusal.Reason);
        await _coordinator.ComesAsync<CancelAcquire>();
    }

    [Fact]
    public async Task AnAcquireOnALeaseThatTheCoordinatorDoesNotKnow_IsRefused_AndTheLeaseIsLost()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        var first = await world.Client.Locks.AcquireAsync("a", lease.Id, Cancellation);
        _coordinator.OnAcquire = asked => new LockDenied(asked.Key, asked.AcquireId, DenyReasons.LeaseNotFound);

        var refusal = await Assert.ThrowsAsync<LockRefusedException>(() => world.Client.Locks.AcquireAsync("b", lease.Id, Cancellation));

        Assert.Equal(DenyReasons.LeaseNotFound, refusal.Reason);
        Assert.False(lease.IsAlive);
        Assert.False(first.Handle!.IsHeld);
    }

    [Fact]
    public async Task ALeaseThatNobodyHoldsOnTo_IsKeptAliveNoLonger_UnlessALockOnItIs()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var (held, lease) = await KeepAliveThroughALockAsync(world);
        await CollectAsync(world);
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Ttl));
        world.Time.Advance(Ttl / 3);
        await _coordinator.ComesAsync<RenewLease>(2);
        GC.KeepAlive(held);

        held = null;
        await CollectAsync(world, until: () => !lease.IsAlive);
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Ttl));
        world.Time.Advance(Ttl / 3);

        Assert.Contains(world.Logs.Lines, line => line.Contains("Nobody holds on to lease", StringComparison.Ordinal));
        world.Time.Advance(Ttl);
        Assert.Equal(2, _coordinator.All<RenewLease>().Count());
    }

    [Fact]
    public async Task ManyLocksOnALease_HaveOneTimer_AndOneRenewal()
    {
        const int Locks = 1_000;
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        var handles = new List<ILockHandle>();
        foreach (var keys in Enumerable.Range(0, Locks).Chunk(250))
        {
            var taken = await Task.WhenAll(keys.Select(key => world.Client.Locks.AcquireAsync($"{key}", lease.Id, Cancellation)));
            handles.AddRange(taken.Select(one => one.Handle!));
        }

        await Eventually.HoldsAsync(() => world.Time.Timers is [var only] && only == LockFixture.UntilRisk(Ttl));
        world.Time.Advance(TimeSpan.FromSeconds(20));
        Assert.True(await world.Client.Leases.RenewAsync(lease.Id, Cancellation));
        Assert.Single(_coordinator.All<RenewLease>());
        world.Time.Advance(TimeSpan.FromSeconds(29.499));
        Assert.All(handles, handle => Assert.True(handle.IsHeld));

        world.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.All(handles, handle => Assert.True(handle.Lost.IsCancellationRequested));
        await Eventually.HoldsAsync(() => world.Time.Timers.Count == 0);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(ILockHandle? Held, WeakReference Lease)> KeepAliveThroughALockAsync(LockFixture world)
    {
        var lease = await world.Client.Leases.GrantAsync(Ttl);
        await world.Client.Leases.KeepAliveAsync(lease.Id);
        return ((await world.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id)).Handle, new WeakReference(lease));
    }

    private static Task CollectAsync(LockFixture world, Func<bool>? until = null) => Eventually.HoldsAsync(() =>
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return until?.Invoke() ?? world.AwaitsRenewal(Ttl);
    });
}
