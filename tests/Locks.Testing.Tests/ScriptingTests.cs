using Locks.Client;
using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Testing.Tests;

/// <summary>Busy, lost, slow and unreachable.</summary>
public sealed class ScriptingTests
{
    private const string Key = AppUnderTest.Key;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Busy_TurnsOthersAway_UntilItIsDisposed()
    {
        await using var app = await AppUnderTest.StartAsync();
        await using (var busy = await app.Locks.BusyAsync(Key, "somebody"))
        {
            Assert.Null(await app.Client.TryAcquireAsync(Key, Lease));
            Assert.False(await app.DistributedLock.AcquireLockAsync(Key, Lease));
            Assert.Equal(("somebody", busy.FencingToken), (app.Locks.Look(Key).Holder!.Owner, app.Locks.Look(Key).Holder!.FencingToken));
            Assert.Equal((Key, "somebody"), (busy.Key, busy.Owner));
        }

        await using var mine = await app.Client.TryAcquireAsync(Key, Lease);
        Assert.NotNull(mine);
    }

    [Fact]
    public async Task Busy_ThatIsReleased_GivesTheLockToWhoWaits()
    {
        await using var app = await AppUnderTest.StartAsync();
        var busy = await app.Locks.BusyAsync(Key);
        var waiting = app.Client.AcquireAsync(Key, Minute, Lease);
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);
        Assert.False(waiting.IsCompleted);

        Assert.True(await busy.ReleaseAsync());

        await using var handle = await waiting.Within();
        Assert.True(handle.FencingToken > busy.FencingToken);
        Assert.False(await busy.ReleaseAsync());
    }

    [Fact]
    public async Task Busy_LastsItsLease()
    {
        await using var app = await AppUnderTest.StartAsync();
        var (brief, whole) = (await app.Locks.BusyAsync("brief", lease: Lease), await app.Locks.BusyAsync("whole"));

        await app.Locks.AdvanceAsync(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));

        Assert.Null(app.Locks.Look("brief").Holder);
        Assert.NotNull(app.Locks.Look("whole").Holder);
        Assert.False(await brief.ReleaseAsync());
        Assert.True(await whole.ReleaseAsync());
    }

    [Fact]
    public async Task Busy_OfALockThatIsBusy_SaysWhoHoldsIt()
    {
        await using var app = await AppUnderTest.StartAsync();
        await using var busy = await app.Locks.BusyAsync(Key, "first");

        var failure = await Assert.ThrowsAsync<LockAssertionException>(() => app.Locks.BusyAsync(Key, "second"));

        Assert.Contains("'second' could not make the lock busy", failure.Message, StringComparison.Ordinal);
        Assert.Contains("held by 'first'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AWaitersDeadline_PassesWhenTimeMoves()
    {
        await using var app = await AppUnderTest.StartAsync();
        await using var busy = await app.Locks.BusyAsync(Key);
        var waiting = app.Client.AcquireAsync(Key, Minute, Lease);
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);

        await app.Locks.AdvanceAsync(Minute);

        await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());
        await app.Locks.ShouldHaveNoWaitersAsync(Key);
    }

    [Fact]
    public async Task Lose_TakesTheLockAway_AndItsHolderFindsOut()
    {
        await using var app = await AppUnderTest.StartAsync();
        await using var handle = await app.Client.TryAcquireAsync(Key, new LockOptions { Lease = Lease, AutoRenew = true });

        await app.Locks.LoseAsync(Key);
        await app.Locks.ShouldBeFreeAsync(Key);
        await app.Locks.AdvanceAsync(Lease / 3);

        await Eventually.FiresAsync(handle!.Lost);
        var loss = await app.Locks.ShouldHaveBeenLostAsync(Key);
        Assert.Equal((LockEventKind.Revoked, handle.FencingToken), (loss.Kind, loss.FencingToken));
    }

    [Fact]
    public async Task Lose_GivesTheLockToWhoWaits()
    {
        await using var app = await AppUnderTest.StartAsync();
        await using var busy = await app.Locks.BusyAsync(Key);
        var waiting = app.Client.AcquireAsync(Key, Minute, Lease);
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);

        await app.Locks.LoseAsync(Key);

        await using var handle = await waiting.Within();
        Assert.True(handle.IsHeld);
    }

    [Fact]
    public async Task Expire_EndsALease_EvenOneThatIsRenewed()
    {
        await using var app = await AppUnderTest.StartAsync();
        await using var handle = await app.Client.TryAcquireAsync(Key, new LockOptions { Lease = Lease, AutoRenew = true, Owner = "me" });
        await app.Locks.AdvanceAsync(Minute);
        var end = app.Locks.Look(Key).Holder!.ExpiresAt;

        await app.Locks.ExpireAsync(Key);

        Assert.True(handle!.Lost.IsCancellationRequested);
        Assert.Null(app.Locks.Look(Key).Holder);
        var loss = await app.Locks.ShouldHaveBeenLostAsync(Key, by: "me");
        Assert.Equal((LockEventKind.Expired, end), (loss.Kind, loss.At));
        Assert.Equal(end, app.Time.GetUtcNow());
    }

    [Fact]
    public async Task Expire_OfOneLock_LeavesOthersRenewed()
    {
        await using var app = await AppUnderTest.StartAsync();
        await using var other = await app.Client.TryAcquireAsync("other", new LockOptions { Lease = Lease, AutoRenew = true });
        await using var busy = await app.Locks.BusyAsync(Key, lease: TimeSpan.FromMinutes(10));

        await app.Locks.ExpireAsync(Key);

        Assert.True(other!.IsHeld);
    }

    [Fact]
    public async Task LoseAndExpire_OfALockThatIsFree_SaySo()
    {
        await using var app = await AppUnderTest.StartAsync();

        var lose = await Assert.ThrowsAsync<LockAssertionException>(() => app.Locks.LoseAsync(Key));
        var expire = await Assert.ThrowsAsync<LockAssertionException>(() => app.Locks.ExpireAsync(Key));

        Assert.Contains("it is not held", lose.Message, StringComparison.Ordinal);
        Assert.Contains("it is not held", expire.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Slow_HoldsUpWhatIsAboutTheKey_UntilTimeMoves()
    {
        await using var app = await AppUnderTest.StartAsync();
        using var slow = app.Locks.Slow(TimeSpan.FromSeconds(5), Key);
        var trying = app.Client.TryAcquireAsync(Key, Lease);
        await using var other = await app.Client.TryAcquireAsync("other", Lease).Within();

        await app.Locks.AdvanceAsync(TimeSpan.FromSeconds(4.9));
        Assert.False(trying.IsCompleted);
        await app.Locks.AdvanceAsync(TimeSpan.FromSeconds(0.1));

        // The lease counts from before the request was sent.
        var handle = (await trying.Within())!;
        Assert.Equal(app.Time.GetUtcNow() + Lease, app.Locks.Look(Key).Holder!.ExpiresAt);
        await app.Locks.AdvanceAsync(TimeSpan.FromSeconds(24.5));
        Assert.True(handle.Lost.IsCancellationRequested);
        Assert.NotNull(app.Locks.Look(Key).Holder);
    }

    [Fact]
    public async Task Slow_BeyondTheCallersTimeout_IsUnavailable()
    {
        await using var app = await AppUnderTest.StartAsync();
        using var slow = app.Locks.Slow(TimeSpan.FromMinutes(10));
        var trying = app.Client.TryAcquireAsync(Key, Lease);

        await app.Locks.AdvanceAsync(TimeSpan.FromSeconds(15));

        await Assert.ThrowsAsync<LockUnavailableException>(() => trying.Within());
    }

    [Fact]
    public async Task Slow_ThatIsDisposed_LetsEverythingArrive()
    {
        await using var app = await AppUnderTest.StartAsync();
        var slow = app.Locks.Slow(TimeSpan.FromSeconds(5));
        var trying = app.Client.TryAcquireAsync(Key, Lease);
        await app.Locks.AdvanceAsync(TimeSpan.Zero);
        Assert.False(trying.IsCompleted);

        slow.Dispose();

        await using var handle = await trying.Within();
        Assert.Equal(app.Time.Start, app.Time.GetUtcNow());
    }

    [Fact]
    public async Task Unreachable_FailsEveryShape_AtOnce()
    {
        await using var app = await AppUnderTest.StartAsync();
        using (app.Locks.Unreachable())
        {
            await Assert.ThrowsAsync<LockUnavailableException>(() => app.Client.TryAcquireAsync(Key, Lease).Within());
            await Assert.ThrowsAsync<LockUnavailableException>(() => app.Client.AcquireAsync(Key, Minute, Lease).Within());
            await Assert.ThrowsAsync<LockUnavailableException>(() => app.Client.RunAsync(Key, _ => Task.CompletedTask).Within());
            await Assert.ThrowsAsync<LockUnavailableException>(() => app.DistributedLock.AcquireLockAsync(Key, Lease).Within());
            Assert.Throws<LockUnavailableException>(() => app.DistributedLock.UsingToken(Key, Lease));
            var requests = app.MassTransit.Bus.CreateRequestClient<AcquireLock>();
            await Assert.ThrowsAsync<RequestFaultException>(
                () => requests.GetResponse<LockAcquired, LockDenied>(new AcquireLock(Key, Guid.CreateVersion7(), "me", Lease)).Within());
        }

        Assert.Empty(app.Locks.Look(Key).History);
        await using var handle = await app.Client.TryAcquireAsync(Key, Lease);
        Assert.NotNull(handle);
        Assert.Equal(app.Time.Start, app.Time.GetUtcNow());
    }

    [Fact]
    public async Task Unreachable_LetsHeldLocksRunOut()
    {
        await using var app = await AppUnderTest.StartAsync();
        var handle = (await app.Client.TryAcquireAsync(Key, new LockOptions { Lease = Lease, AutoRenew = true }))!;
        using var unreachable = app.Locks.Unreachable();

        await Assert.ThrowsAsync<LockUnavailableException>(() => handle.RenewAsync().Within());
        Assert.True(handle.IsHeld);
        await app.Locks.AdvanceAsync(Lease);

        Assert.True(handle.Lost.IsCancellationRequested);
        await app.Locks.ShouldHaveBeenLostAsync(Key);
        Assert.False(await handle.ReleaseAsync().Within());
    }

    [Fact]
    public async Task Unreachable_DoesNotKeepTheTestFromActing()
    {
        await using var app = await AppUnderTest.StartAsync();
        using var unreachable = app.Locks.Unreachable();
        using var slow = app.Locks.Slow(Minute);

        var busy = await app.Locks.BusyAsync(Key).Within();
        await app.Locks.LoseAsync(Key).Within();

        Assert.False(await busy.ReleaseAsync().Within());
    }

    [Fact]
    public async Task InvalidInput_IsRefused()
    {
        await using var app = await AppUnderTest.StartAsync();

        await Assert.ThrowsAsync<ArgumentException>(() => app.Locks.BusyAsync(""));
        await Assert.ThrowsAsync<ArgumentException>(() => app.Locks.BusyAsync(Key, owner: ""));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => app.Locks.BusyAsync(Key, lease: TimeSpan.Zero));
        await Assert.ThrowsAsync<ArgumentException>(() => app.Locks.LoseAsync(""));
        await Assert.ThrowsAsync<ArgumentException>(() => app.Locks.ExpireAsync(""));
        Assert.Throws<ArgumentException>(() => app.Locks.Slow(Minute, key: ""));
        Assert.Throws<ArgumentOutOfRangeException>(() => app.Locks.Slow(TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => app.Locks.Look(""));
        await Assert.ThrowsAsync<ArgumentException>(() => app.Locks.ShouldBeFreeAsync(""));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => app.Locks.ShouldHaveWaitersAsync(Key, -1));
    }
}
