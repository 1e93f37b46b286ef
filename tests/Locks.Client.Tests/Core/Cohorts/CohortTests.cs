using Locks.Client.Core;
using Locks.Client.Core.Cohorts;
using Locks.Client.Requests;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Cohorts;

/// <summary>
/// Several of one client's waiters are granted as a cohort: they hold the lock one after the other, without a message in between.
/// </summary>
public sealed class CohortTests : IAsyncLifetime
{
    private const string Token = "token of the cohort";
    private const long Fence = 40;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(300);
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(500);

    // Too much of the window may be over when a grant comes after this.
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(6);
    private static readonly LockOptions Renewed = new() { Lease = Lease, AutoRenew = true };

    private readonly FakeCoordinator _coordinator = new()
    {
        OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1),
        OnRelease = released => new LockReleased(released.Key, Fence),
    };

    private LockFixture? _fixture;
    private LockAcquired? _grant;

    private LockFixture Fixture => _fixture!;

    public async ValueTask InitializeAsync() => _fixture = await LockFixture.StartAsync(_coordinator);

    public ValueTask DisposeAsync() => Fixture.DisposeAsync();

    [Fact]
    public async Task TheMembers_HoldTheLockOneAfterTheOther_WithFencingTokensOfTheirOwn_AndOneMessage()
    {
        var waiting = await WaitAsync(3);
        await GrantCohortAsync();

        var first = await waiting[0].Within();
        Assert.False(waiting[1].IsCompleted);
        Assert.True(await first.ReleaseAsync());
        var second = await waiting[1].Within();
        Assert.False(waiting[2].IsCompleted);
        Assert.True(await second.ReleaseAsync());
        var third = await waiting[2].Within();
        Assert.Empty(_coordinator.All<ReleaseLock>());
        Assert.True(await third.ReleaseAsync());

        Assert.Equal([Fence, Fence + 1, Fence + 2], new[] { first, second, third }.Select(handle => handle.FencingToken));
        Assert.All([first, second, third], handle => Assert.Equal((LockHandleState.Released, false), (handle.State, handle.IsHeld)));
        Assert.Equal(Token, Assert.Single(_coordinator.All<ReleaseLock>()).OwnerToken);
        Assert.Empty(_coordinator.All<RenewLock>());
        Assert.Empty(_coordinator.All<CancelAcquire>());
    }

    [Fact]
    public async Task WhereAnotherClientIsNext_AnAcquireDuringTheRelease_IsSentWhenTheReleaseIsAnswered()
    {
        _coordinator.OnAcquire = acquire =>
        {
            Fixture.Time.Advance(TimeSpan.FromMilliseconds(2));
            return new LockQueued(acquire.Key, acquire.AcquireId, 1);
        };
        var waiting = await WaitAsync(2);
        await GrantCohortAsync(othersWait: true);
        await (await waiting[0].Within()).ReleaseAsync();
        var second = await waiting[1].Within();
        var again = Fixture.Client.AcquireAsync(LockFixture.Key, Wait, Renewed);
        Assert.Equal(2, Attempts.Length);

        Assert.True(await second.ReleaseAsync().Within());

        await _coordinator.ReceivedAsync<AcquireLock>(3);
        Assert.IsType<ReleaseLock>(_coordinator.Received.Where(word => word is AcquireLock or ReleaseLock).ElementAt(2));
        Assert.False(again.IsCompleted);
    }

    [Fact]
    public async Task TheNextMember_DoesNotGoOn_OnTheStackOfTheReleasingMember()
    {
        var waiting = await WaitAsync(2);
        await GrantCohortAsync();
        using var busy = new ManualResetEventSlim();
        var next = waiting[1].ContinueWith(_ => busy.Wait(TimeSpan.FromSeconds(30)), TaskContinuationOptions.ExecuteSynchronously);

        Assert.True(await (await waiting[0].Within()).ReleaseAsync().Within());

        Assert.False(next.IsCompleted);
        busy.Set();
        Assert.True(await next.Within());
    }

    [Fact]
    public async Task ARepeatedGrant_IsKnown_WhicheverMemberSentItsRequestAgain()
    {
        using var giveUp = new CancellationTokenSource();
        Task<ILockHandle>[] waiting = [.. await WaitAsync(2), .. await WaitAsync(1, giveUp: giveUp.Token, count: 3)];
        await GrantCohortAsync();
        var first = await waiting[0].Within();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[2]);

        foreach (var attempt in Attempts)
            await GrantCohortAsync(under: attempt.AcquireId);
        await first.ReleaseAsync();
        var second = await waiting[1].Within();
        await GrantCohortAsync(under: Attempts[0].AcquireId);
        await Fixture.Client.RevokeAsync("another", "an operator");

        Assert.True(second.IsHeld);
        Assert.Empty(_coordinator.All<ReleaseLock>());
        Assert.True(await second.ReleaseAsync());
        Assert.Single(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task AMemberThatGaveUp_IsPassedOver()
    {
        using var giveUp = new CancellationTokenSource();
        Task<ILockHandle>[] waiting = [.. await WaitAsync(1), .. await WaitAsync(2, giveUp: giveUp.Token), .. await WaitAsync(1, count: 4)];
        await GrantCohortAsync();
        var first = await waiting[0].Within();

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[1].Within());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[2].Within());
        Assert.True(await first.ReleaseAsync());

        Assert.Equal(Fence + 3, (await waiting[3].Within()).FencingToken);
        Assert.Empty(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task AMemberWhoseTimeIsUp_IsPassedOver_AndTheLastMemberReleasesTheLock()
    {
        Task<ILockHandle>[] waiting = [.. await WaitAsync(1), .. await WaitAsync(1, count: 2, wait: TimeSpan.FromSeconds(5))];
        await GrantCohortAsync();
        var first = await waiting[0].Within();

        Fixture.Time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<LockTimeoutException>(() => waiting[1].Within());
        Assert.True(await first.ReleaseAsync());

        Assert.Single(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task ACohortWhoseFirstMemberHasGone_StartsWithTheNext()
    {
        using var giveUp = new CancellationTokenSource();
        Task<ILockHandle>[] waiting = [.. await WaitAsync(1, giveUp: giveUp.Token), .. await WaitAsync(1, count: 2)];
        await giveUp.CancelAsync();
        await _coordinator.ReceivedAsync<CancelAcquire>();

        await GrantCohortAsync();

        var second = await waiting[1].Within();
        Assert.Equal(Fence + 1, second.FencingToken);
        Assert.Empty(_coordinator.All<ReleaseLock>());
        Assert.True(await second.ReleaseAsync());
    }

    [Fact]
    public async Task ACohortWithoutAMember_IsReleased()
    {
        using var giveUp = new CancellationTokenSource();
        await WaitAsync(2, giveUp: giveUp.Token);
        await giveUp.CancelAsync();
        await _coordinator.ReceivedAsync<CancelAcquire>(2);

        await GrantCohortAsync();

        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.Equal(Token, Assert.Single(_coordinator.All<ReleaseLock>()).OwnerToken);
        Assert.Empty(_coordinator.All<RenewLock>());
    }

    [Fact]
    public async Task AMemberThatGivesUpDuringTheConfirmation_LeavesTheLockToTheNext_AndTheLastReleasesIt()
    {
        using var giveUp = new CancellationTokenSource();
        using var giveUpToo = new CancellationTokenSource();
        _coordinator.OnRenew = _ => null;
        Task<ILockHandle>[] waiting = [.. await WaitAsync(
            1, giveUp: giveUp.Token), .. await WaitAsync(1, giveUp: giveUpToo.Token, count: 2)];
        Fixture.Time.Advance(Late);
        await GrantCohortAsync();
        await _coordinator.ReceivedAsync<RenewLock>();

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[0].Within());
        Assert.False(waiting[1].IsCompleted);
        Assert.Empty(_coordinator.All<ReleaseLock>());
        await giveUpToo.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[1].Within());
        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.Empty(_coordinator.All<CancelAcquire>());
    }

    [Fact]
    public async Task ACohortThatIsLostBeforeItsFirstMemberHoldsIt_IsAttemptedAnewByAll_ForNoLongerThanTheyStillWait()
    {
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.Expired);
        var waiting = await WaitAsync(2);
        Fixture.Time.Advance(TimeSpan.FromSeconds(60));

        await GrantCohortAsync();

        await Eventually.HoldsAsync(() => Attempts.Length == 4);
        Assert.All(Attempts[2..], again => Assert.Equal(Wait - TimeSpan.FromSeconds(60), again.Wait));
        Assert.All(waiting, caller => Assert.False(caller.IsCompleted));
        Assert.Empty(_coordinator.All<CancelAcquire>());
    }

    [Fact]
    public async Task ARevocation_IsLostToTheHolder_AndTheOtherMembersAttemptAnew()
    {
        var waiting = await WaitAsync(3);
        await GrantCohortAsync();
        await (await waiting[0].Within()).ReleaseAsync();
        var second = await waiting[1].Within();

        await _coordinator.SendUnaskedAsync(
            Fixture, new LockLost(LockFixture.Key, LossReasons.Revoked, "the operator", Fence), Attempts[0].AcquireId);

        await Eventually.FiresAsync(second.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "the operator"), second.Loss);
        await Eventually.HoldsAsync(() => Attempts.Length == 4);
        Assert.False(await second.ReleaseAsync());
        Assert.False(waiting[2].IsCompleted);
        Assert.Empty(_coordinator.All<ReleaseLock>());
    }

    [Fact]
    public async Task AWordAboutAnEarlierGrant_ChangesNothing()
    {
        var waiting = await WaitAsync(2);
        await GrantCohortAsync();
        var first = await waiting[0].Within();

        await _coordinator.SendUnaskedAsync(
            Fixture, new LockLost(LockFixture.Key, LossReasons.Revoked, "the operator", Fence - 1), Attempts[0].AcquireId);
        await Fixture.Client.RevokeAsync("another", "an operator");

        Assert.True(first.IsHeld);
        Assert.True(await first.ReleaseAsync());
        Assert.True((await waiting[1].Within()).IsHeld);
    }

    [Fact]
    public async Task ALeaseThatExpires_IsLostToTheHolder_AndTheOtherMembersAttemptAnew()
    {
        var waiting = await WaitAsync(2);
        await GrantCohortAsync();
        var first = await waiting[0].Within();
        _coordinator.OnRenew = _ => null;

        Fixture.Time.Advance(Window - Margin);

        await Eventually.FiresAsync(first.Lost);
        await Eventually.HoldsAsync(() => Attempts.Length == 3);
        Assert.Equal(Token, await ReleaseOfAsync(first));
    }

    [Fact]
    public async Task TheWindow_IsSharedByAll_AndCountsFromTheLastMembersRequest()
    {
        _coordinator.OnRenew = _ => null;
        Task<ILockHandle>[] waiting = [.. await WaitAsync(1)];
        Fixture.Time.Advance(Late);
        waiting = [.. waiting, .. await WaitAsync(1, count: 2)];
        Fixture.Time.Advance(TimeSpan.FromSeconds(3));
        await GrantCohortAsync();

        await (await waiting[0].Within()).ReleaseAsync();
        var second = await waiting[1].Within();
        Fixture.Time.Advance(TimeSpan.FromSeconds(6.499));
        Assert.True(second.IsHeld);
        Fixture.Time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.False(second.IsHeld);
        await Eventually.FiresAsync(second.Lost);
    }

    [Fact]
    public async Task AMemberThatHoldsTheLockForATwentiethOfTheWindow_ConfirmsForAll()
    {
        var waiting = await WaitAsync(2);
        await GrantCohortAsync();
        var first = await waiting[0].Within();

        Fixture.Time.Advance(Window / 20);
        await _coordinator.ReceivedAsync<RenewLock>();
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Contains(LockFixture.TimeUntilAtRisk(Lease)));
        await first.ReleaseAsync();
        var second = await waiting[1].Within();
        Fixture.Time.Advance(TimeSpan.FromSeconds(29.499));

        Assert.Equal((Token, Lease), _coordinator.All<RenewLock>().Select(renew => (renew.OwnerToken, renew.Lease)).First());
        Assert.True(second.IsHeld);
    }

    [Fact]
    public async Task AMemberThatStartsWhileTheRenewalIsAnswered_HasTheRenewedLease()
    {
        var client = (LockClient)Fixture.Client;
        var (time, dispatcher) = (Fixture.Time, client.RequestDispatcher);
        using var request = dispatcher.OpenForUpdates(Guid.CreateVersion7());
        request.RequestedLease = Deadline.After(time, Lease);
        var grant = new LockAcquired(LockFixture.Key, request.Id, Token, Fence, Window);
        var cohort = new CohortGrant(grant, new CohortCommands(dispatcher, time, client.Options, client.Logger), _ => { });
        cohort.Start(_ => request);
        var membership = request.CohortMembership!;
        Assert.Equal(Window, (await membership.EnsureLeaseAsync(Lease, client.Timing, TestContext.Current.CancellationToken))?.Length);

        cohort.Extend(Deadline.After(time, Lease));
        Deadline? counted = null;
        membership.Subscribe(lease => counted = lease, _ => { });

        Assert.Equal(Lease, counted?.Length);
    }

    [Fact]
    public async Task AMemberWhoseWarningWouldComeTooSoon_GetsTheLockWhenItIsRenewed()
    {
        var waiting = await WaitAsync(2);
        await GrantCohortAsync();
        var first = await waiting[0].Within();
        _coordinator.OnRenew = _ => null;
        Fixture.Time.Advance(TimeSpan.FromSeconds(5));

        await first.ReleaseAsync();
        var renewals = _coordinator.All<RenewLock>().Count();
        await _coordinator.ReceivedAsync<RenewLock>(renewals + 1);
        Assert.False(waiting[1].IsCompleted);
        _coordinator.OnRenew = renew => new LockRenewed(renew.Key, Fence, renew.Lease);
        await AdvanceUntilAsync(() => waiting[1].IsCompleted);

        Assert.Equal(LockHandleState.Held, (await waiting[1]).State);
    }

    [Fact]
    public async Task AMemberWithoutRenewal_HasItsWholeLease_AndLosesTheLockToTheNext()
    {
        var waiting = await WaitAsync(2, options: Lease);
        await GrantCohortAsync();
        var first = await waiting[0].Within();
        Fixture.Time.Advance(Window / 20);
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Contains(LockFixture.TimeUntilAtRisk(Lease) - Window / 20));

        Fixture.Time.Advance(Lease - Window / 20 - Margin - TimeSpan.FromMilliseconds(1));
        Assert.True(first.IsHeld);
        Assert.False(waiting[1].IsCompleted);
        Fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        await Eventually.FiresAsync(first.Lost);
        Assert.Equal(new LockLoss(LockLossReason.Expired), first.Loss);
        await AdvanceUntilAsync(() => waiting[1].IsCompleted);
        var second = await waiting[1];
        Assert.False(await first.ReleaseAsync());
        Assert.Empty(_coordinator.All<ReleaseLock>());
        Assert.True(second.IsHeld);
        Assert.Equal(2, Attempts.Length);
    }

    [Fact]
    public async Task ARenewalByOneMember_GivesTheNextNoMoreThanItRequested_AndTheLastThatExpiresReleasesTheLock()
    {
        var waiting = await WaitAsync(2, options: Lease);
        await GrantCohortAsync();
        var first = await waiting[0].Within();
        Assert.True(await first.RenewAsync(TimeSpan.FromMinutes(5)));
        await first.ReleaseAsync();
        var second = await waiting[1].Within();

        Fixture.Time.Advance(Lease - Margin - TimeSpan.FromMilliseconds(1));
        Assert.True(second.IsHeld);
        Fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.False(second.IsHeld);
        await _coordinator.ReceivedAsync<ReleaseLock>();
        Assert.Equal(new LockLoss(LockLossReason.Expired), second.Loss);
    }

    [Fact]
    public async Task AMemberWithoutAnAnswer_Throws_AndTheOtherMembersAttemptAnew()
    {
        _coordinator.OnRenew = _ => null;
        var waiting = await WaitAsync(2);
        Fixture.Time.Advance(Late);
        await GrantCohortAsync();
        await _coordinator.ReceivedAsync<RenewLock>();

        Fixture.Time.Advance(TimeSpan.FromSeconds(15));

        await Assert.ThrowsAsync<LockUnavailableException>(() => waiting[0].Within());
        await _coordinator.ReceivedAsync<ReleaseLock>();
        await Eventually.HoldsAsync(() => Attempts.Length == 3);
        Assert.False(waiting[1].IsCompleted);
    }

    [Fact]
    public async Task AReleaseOfTheLastMember_ThatIsNotAnswered_CanBeTriedAgain()
    {
        var waiting = await WaitAsync(2);
        await GrantCohortAsync();
        await (await waiting[0].Within()).ReleaseAsync();
        var second = await waiting[1].Within();
        // The early renewal: a release waits no longer than the lease lasts.
        Fixture.Time.Advance(Window / 20);
        await Eventually.HoldsAsync(() => Fixture.Time.Timers.Contains(LockFixture.TimeUntilAtRisk(Lease)));
        _coordinator.OnRelease = _ => null;
        var release = second.ReleaseAsync();
        await _coordinator.ReceivedAsync<ReleaseLock>();
        Fixture.Time.Advance(TimeSpan.FromSeconds(15));
        await Assert.ThrowsAsync<LockUnavailableException>(() => release.Within());

        _coordinator.OnRelease = released => new LockReleased(released.Key, Fence);
        Assert.True(await second.ReleaseAsync().Within());
    }

    [Fact]
    public async Task ARequestThatMayJoinACohort_SaysSo()
    {
        (LockOptions How, bool MayJoinCohort)[] cases =
        [
            (Renewed, true),
            (Renewed with { AutoRenew = false }, true),
            (Renewed with { HoldUntilExpiry = true }, false),
            (Renewed with { HoldAtLeast = TimeSpan.FromSeconds(1) }, false),
            (Renewed with { Progress = new Progress<WaitingStatus>() }, false),
        ];
        foreach (var (options, _) in cases)
            _ = Fixture.Client.AcquireAsync($"{options}", Wait, options, CancellationToken.None);
        await Eventually.HoldsAsync(() => Attempts.Length == cases.Length);
        foreach (var (options, mayJoinCohort) in cases)
            Assert.Equal(mayJoinCohort, Attempts.Single(attempt => attempt.Key == $"{options}").MayJoinCohort);

        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);
        await Fixture.Client.TryAcquireAsync("tried", Renewed, CancellationToken.None);
        Assert.False(Attempts[^1].MayJoinCohort);
    }

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.HoldsAsync(() =>
    {
        Fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
        return condition();
    });

    /// <summary>The attempts, without their repeats.</summary>
    private AcquireLock[] Attempts => [.. _coordinator.All<AcquireLock>().DistinctBy(acquire => acquire.AcquireId)];

    /// <summary>Queues so many more callers, one after the other.</summary>
    private async Task<Task<ILockHandle>[]> WaitAsync(
        int callers, int? count = null, TimeSpan? wait = null, LockOptions? options = null, CancellationToken giveUp = default)
    {
        var before = Attempts.Length;
        var waiting = new Task<ILockHandle>[callers];
        for (var i = 0; i < callers; i++)
        {
            waiting[i] = Fixture.Client.AcquireAsync(LockFixture.Key, wait ?? Wait, options ?? Renewed, giveUp);
            await _coordinator.ReceivedAsync<AcquireLock>(before + i + 1);
        }

        // They know that they are queued: each has only its timeout left, which is longer than a message's, beside the common heartbeat.
        await Eventually.HoldsAsync(
            () => Fixture.Time.Timers.Count(due => due > TimeSpan.FromSeconds(2) && due != LockFixture.Heartbeat) >= (count ?? callers));
        return waiting;
    }

    /// <summary>
    /// Grants the lock to all attempts so far as a cohort, in their order; as the reply to the first attempt or to another one.
    /// </summary>
    private Task GrantCohortAsync(Guid? under = null, bool othersWait = false)
    {
        var cohort = _grant ??= new LockAcquired(
            LockFixture.Key, Attempts[0].AcquireId, Token, Fence, Window,
            [.. Attempts.Skip(1).Select((attempt, i) => new CohortMember(attempt.AcquireId, Fence + 1 + i))], othersWait);
        return _coordinator.SendUnaskedAsync(Fixture, cohort, under ?? cohort.AcquireId);
    }

    private async Task<string> ReleaseOfAsync(ILockHandle handle)
    {
        await handle.ReleaseAsync();
        await _coordinator.ReceivedAsync<ReleaseLock>();
        return Assert.Single(_coordinator.All<ReleaseLock>()).OwnerToken;
    }
}
