using Locks.Client;
using Locks.Contracts;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Testing.Tests;

/// <summary>What the harness knows of locks, and what it says when a test expects something else.</summary>
public sealed class AssertionTests
{
    private const string Key = AppUnderTest.Key;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AGuardedPieceOfWork_LeavesItsTrace()
    {
        await using var app = await AppUnderTest.StartAsync();
        Assert.False(app.Locks.WasAcquired(Key));

        var handle = (await app.Client.TryAcquireAsync(Key, new LockOptions { Lease = Lease, Owner = "me" }))!;
        Assert.Equal(handle.FencingToken, (await app.Locks.ShouldBeHeldAsync(Key, by: "me")).FencingToken);
        Assert.Equal(handle.FencingToken, (await app.Locks.ShouldHaveAcquiredAsync(Key, by: "me")).FencingToken);
        Assert.False(app.Locks.WasReleased(Key));
        await handle.ReleaseAsync();

        await app.Locks.ShouldHaveReleasedAsync(Key, by: "me");
        await app.Locks.ShouldBeFreeAsync(Key);
        await app.Locks.ShouldHaveNoWaitersAsync(Key);
        Assert.True(app.Locks.WasAcquired(Key));
        Assert.True(app.Locks.WasReleased(Key, by: "me"));
        Assert.False(app.Locks.WasReleased(Key, by: "you"));
    }

    [Fact]
    public async Task WaitersThatAreGrantedTogether_HaveAcquiredTheLockEach_AndReleaseItOnce()
    {
        var how = new LockOptions { Lease = Lease, Owner = "me", AutoRenew = true };
        await using var app = await AppUnderTest.StartAsync();
        var first = (await app.Client.TryAcquireAsync(Key, how))!;
        var second = app.Client.AcquireAsync(Key, Lease, how);
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);
        var third = app.Client.AcquireAsync(Key, Lease, how);
        await app.Locks.ShouldHaveWaitersAsync(Key, 2);

        await first.ReleaseAsync();
        await (await second.Within()).ReleaseAsync();
        await (await third.Within()).ReleaseAsync();

        await app.Locks.ShouldBeFreeAsync(Key);
        var seen = app.Locks.Look(Key);
        Assert.Equal([first.FencingToken, (await second).FencingToken, (await third).FencingToken], seen.FencingTokens);
        Assert.Equal(2, seen.OfKind(LockEventKind.Released).Count());
        Assert.Empty(seen.OfKind(LockEventKind.GaveUp));
    }

    [Fact]
    public async Task AnAssertion_WaitsForWhatIsUnderWay()
    {
        await using var app = await AppUnderTest.StartAsync();
        var asserting = app.Locks.ShouldHaveReleasedAsync(Key, by: "me");

        await using (await app.Client.TryAcquireAsync(Key, new LockOptions { Owner = "me" }))
            Assert.False(asserting.IsCompleted);

        Assert.Equal("me", (await asserting.Within()).Owner);
    }

    [Fact]
    public async Task AnAssertionThatFails_TellsWhatHappened()
    {
        await using var app = await AppUnderTest.StartAsync(options => options.Timeout = TimeSpan.FromMilliseconds(100));
        await using var busy = await app.Locks.BusyAsync(Key, "somebody", Lease);
        await app.Client.TryAcquireAsync(Key, new LockOptions { Owner = "me" });

        var failure = await Assert.ThrowsAsync<LockAssertionException>(() => app.Locks.ShouldHaveAcquiredAsync(Key, by: "me"));

        Assert.Equal(
            $"""
            The lock 'orders/42' should have been acquired by 'me', and did not within 00:00:00.1000000 of real time. By the test's time it is 12:00:00.000.
            The lock 'orders/42' is held by 'somebody', fencing token {busy.FencingToken}, until 12:00:30.000; no waiters. What has happened to it:
              12:00:00.000 Acquired by 'somebody', fencing token {busy.FencingToken}, at once, for a lease of 00:00:30
              12:00:00.000 Denied by 'me', Busy, held by 'somebody'
            """,
            failure.Message);
    }

    public static TheoryData<string, Func<ILockTestHarness, Task>> Failing => new()
    {
        { "have been acquired", locks => locks.ShouldHaveAcquiredAsync("never") },
        { "have been released", locks => locks.ShouldHaveReleasedAsync(Key) },
        { "have been denied to 'you'", locks => locks.ShouldHaveBeenDeniedAsync(Key, to: "you") },
        { "have been lost by 'me'", locks => locks.ShouldHaveBeenLostAsync(Key, by: "me") },
        { "be held by 'you'", locks => locks.ShouldBeHeldAsync(Key, by: "you") },
        { "be free", locks => locks.ShouldBeFreeAsync(Key) },
        { "have 0 waiter(s)", locks => locks.ShouldHaveNoWaitersAsync(Key) },
        { "have 2 waiter(s)", locks => locks.ShouldHaveWaitersAsync(Key, 2) },
        { "be a fish", locks => locks.ShouldAsync(Key, _ => false, "be a fish") },
    };

    [Theory]
    [MemberData(nameof(Failing), DisableDiscoveryEnumeration = true)]
    public async Task EveryAssertion_CanFail(string what, Func<ILockTestHarness, Task> assertion)
    {
        await using var app = await AppUnderTest.StartAsync(options => options.Timeout = TimeSpan.FromMilliseconds(100));
        var busy = await app.Locks.BusyAsync(Key, "me");
        using var giveUp = new CancellationTokenSource();
        var waiting = app.Client.AcquireAsync(Key, Lease, cancellationToken: giveUp.Token);
        await Eventually.HoldsAsync(() => app.Locks.Look(Key).Waiters.Count == 1);

        var failure = await Assert.ThrowsAsync<LockAssertionException>(() => assertion(app.Locks));

        Assert.Contains($"should {what}, and did not within", failure.Message, StringComparison.Ordinal);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within());
        await busy.DisposeAsync();
    }

    [Fact]
    public async Task TheHistory_TellsEverything_InOrder()
    {
        await using var app = await AppUnderTest.StartAsync();
        var busy = await app.Locks.BusyAsync(Key, "first");
        Assert.Null(await app.Client.TryAcquireAsync(Key, As("second")));
        var third = app.Client.AcquireAsync(Key, TimeSpan.FromMinutes(5), As("third"));
        await app.Locks.ShouldHaveWaitersAsync(Key, 1);
        using var giveUp = new CancellationTokenSource();
        var fourth = app.Client.AcquireAsync(Key, TimeSpan.FromMinutes(5), As("fourth"), giveUp.Token);
        await app.Locks.ShouldHaveWaitersAsync(Key, 2);
        var fifth = app.Client.AcquireAsync(Key, TimeSpan.FromSeconds(5), As("fifth"));
        await app.Locks.ShouldHaveWaitersAsync(Key, 3);
        Assert.Equal(["third", "fourth", "fifth"], app.Locks.Look(Key).Waiters);
        await giveUp.CancelAsync();
        await app.Locks.ShouldHaveWaitersAsync(Key, 2);
        await app.Locks.AdvanceAsync(TimeSpan.FromSeconds(5));
        await busy.ReleaseAsync();
        var handle = await third.Within();
        await app.Locks.LoseAsync(Key);
        await app.Locks.BusyAsync(Key, "last", Lease);
        await app.Locks.AdvanceAsync(Lease);

        var lockSeen = app.Locks.Look(Key);
        Assert.Equal(
            [
                (0, LockEventKind.Acquired, "first"), (0, LockEventKind.Denied, "second"), (0, LockEventKind.Queued, "third"),
                (0, LockEventKind.Queued, "fourth"), (0, LockEventKind.Queued, "fifth"), (0, LockEventKind.GaveUp, "fourth"),
                (5, LockEventKind.Denied, "fifth"), (5, LockEventKind.Released, "first"), (5, LockEventKind.Acquired, "third"),
                (5, LockEventKind.Renewed, "third"), (5, LockEventKind.Revoked, "third"), (5, LockEventKind.Acquired, "last"),
                (35, LockEventKind.Expired, "last"),
            ],
            lockSeen.History.Select(entry => ((int)(entry.At - app.Time.Start).TotalSeconds, entry.Kind, entry.Owner!)));
        Assert.Equal(lockSeen.FencingTokens.Order(), lockSeen.FencingTokens);
        Assert.Equal([busy.FencingToken, handle.FencingToken], lockSeen.FencingTokens.Take(2));
        Assert.Contains("WaitTimedOut", (await app.Locks.ShouldHaveBeenDeniedAsync(Key, to: "fifth")).Detail, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fourth.Within());
        await Assert.ThrowsAsync<LockTimeoutException>(() => fifth.Within());
    }

    [Fact]
    public async Task LocksThatAreTakenWithoutTheLibrary_AreSeen()
    {
        await using var app = await AppUnderTest.StartAsync();
        var acquire = app.MassTransit.Bus.CreateRequestClient<AcquireLock>();
        var release = app.MassTransit.Bus.CreateRequestClient<ReleaseLock>();

        var grant = await acquire.GetResponse<LockAcquired>(new AcquireLock(Key, Guid.CreateVersion7(), "plain", Lease));
        await app.Locks.ShouldBeHeldAsync(Key, by: "plain");
        await release.GetResponse<LockReleased>(new ReleaseLock(Key, grant.Message.OwnerToken));

        await app.Locks.ShouldHaveReleasedAsync(Key, by: "plain");
    }

    [Fact]
    public async Task ALockThatCools_IsNeitherHeldNorFree()
    {
        await using var app = await AppUnderTest.StartAsync(options => options.Timeout = TimeSpan.FromMilliseconds(100));
        var acquire = app.MassTransit.Bus.CreateRequestClient<AcquireLock>();
        var release = app.MassTransit.Bus.CreateRequestClient<ReleaseLock>();
        var grant = await acquire.GetResponse<LockAcquired>(new AcquireLock(Key, Guid.CreateVersion7(), "job", Lease));

        await release.GetResponse<LockReleased>(new ReleaseLock(Key, grant.Message.OwnerToken, Cooldown: Lease / 2));

        Assert.Equal("cooling until 12:00:15.000", (await app.Locks.ShouldHaveReleasedAsync(Key)).Detail);
        Assert.True(app.Locks.Look(Key).Holder!.IsCooling);
        await Assert.ThrowsAsync<LockAssertionException>(() => app.Locks.ShouldBeHeldAsync(Key));
        await app.Locks.AdvanceAsync(Lease / 2);
        await app.Locks.ShouldBeFreeAsync(Key);
        Assert.Empty(app.Locks.Look(Key).OfKind(LockEventKind.Expired));
    }

    [Fact]
    public async Task LocksOnASharedLease_EndWithIt()
    {
        await using var app = await AppUnderTest.StartAsync();
        var leaseId = Guid.CreateVersion7();
        await app.MassTransit.Bus.CreateRequestClient<GrantLease>().GetResponse<LeaseGranted>(new GrantLease(leaseId, Lease, "me"));
        var acquire = app.MassTransit.Bus.CreateRequestClient<AcquireLock>();
        await acquire.GetResponse<LockAcquired>(new AcquireLock("a", Guid.CreateVersion7(), "me", Lease, LeaseId: leaseId));
        await acquire.GetResponse<LockAcquired>(new AcquireLock("b", Guid.CreateVersion7(), "me", Lease, LeaseId: leaseId));

        await app.Locks.ExpireAsync("a");

        Assert.Equal("with its shared lease", (await app.Locks.ShouldHaveBeenLostAsync("a", by: "me")).Detail);
        await app.Locks.ShouldHaveBeenLostAsync("b", by: "me");
        Assert.Equal(app.Time.Start + Lease, app.Time.GetUtcNow());
    }

    [Fact]
    public async Task NoMessage_ShowsASecret()
    {
        await using var app = await AppUnderTest.StartAsync();
        var acquire = app.MassTransit.Bus.CreateRequestClient<AcquireLock>();

        var grant = await acquire.GetResponse<LockAcquired>(new AcquireLock(Key, Guid.CreateVersion7(), "me", Lease));

        Assert.DoesNotContain(grant.Message.OwnerToken, app.Locks.Look(Key).ToString(), StringComparison.Ordinal);
    }

    private static LockOptions As(string owner) => new() { Lease = Lease, Owner = owner };
}
