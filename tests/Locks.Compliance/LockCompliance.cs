using Locks.Client;
using Locks.Contracts;
using Locks.Coordinator.Domain;
using Locks.Coordinator.Hosting;
using Locks.TestKit;
using MassTransit;
using Xunit;

namespace Locks.Compliance;

/// <summary>What a lock has to do on every transport and store. Each case names the promise of docs/guarantees.md that it proves.</summary>
public abstract class LockCompliance : IAsyncLifetime
{
    private static readonly TimeSpan LongLease = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(60);

    private LockFixture? _fixture;

    /// <summary>The fixture that the case runs in.</summary>
    protected LockFixture Fixture => _fixture ?? throw new InvalidOperationException("The fixture is not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync() => _fixture = await StartFixtureAsync(null);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_fixture is not null)
            await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Try_OnAFreeLock_IsGranted()
    {
        await using var handle = await Fixture.NewClient().TryAcquireAsync("a");

        Assert.NotNull(handle);
        Assert.True(handle.IsHeld);
        Assert.False(handle.Lost.IsCancellationRequested);
        Assert.Equal("a", handle.Key);
        Assert.Equal(handle.FencingToken, (await Fixture.LookAsync("a"))!.Holder!.FencingToken);
    }

    [Fact]
    public async Task Try_OnATakenLock_IsBusy_AlsoForTheHolder()
    {
        var holder = Fixture.NewClient();
        await using var handle = await holder.TryAcquireAsync("a", LongLease);

        Assert.Null(await Fixture.NewClient().TryAcquireAsync("a"));
        Assert.Null(await holder.TryAcquireAsync("a"));
    }

    [Fact]
    public async Task Keys_AreComparedOrdinally_AndDoNotTouchEachOther()
    {
        var client = Fixture.NewClient();
        string[] keys = ["a", "A", "a ", "\u00e9", "e\u0301", "ключ", "🔒", new string('x', LockLimits.MaxKeyBytes)];

        var handles = await Task.WhenAll(keys.Select(key => client.TryAcquireAsync(key)));

        Assert.All(handles, Assert.NotNull);
        await Task.WhenAll(handles.Select(handle => handle!.ReleaseAsync()));
    }

    [Fact]
    public async Task Release_FreesTheLock_AndASecondOneSaysThatItWasHeld()
    {
        var client = Fixture.NewClient();
        var handle = await client.TryAcquireAsync("a");

        Assert.True(await handle!.ReleaseAsync());
        Assert.True(await handle.ReleaseAsync());

        Assert.False(handle.IsHeld);
        Assert.False(handle.Lost.IsCancellationRequested);
        await using var next = await client.TryAcquireAsync("a");
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Fence_RisesFromGrantToGrant()
    {
        var client = Fixture.NewClient();
        long last = 0;
        for (var i = 0; i < 50; i++)
        {
            await using var handle = await client.TryAcquireAsync("a");
            Assert.True(handle!.FencingToken > last);
            last = handle.FencingToken;
        }
    }

    [Fact]
    public async Task Wait_IsGrantedWhenTheHolderReleases()
    {
        var holder = await Fixture.NewClient().TryAcquireAsync("a", LongLease);
        var waiting = Fixture.NewClient().AcquireAsync("a", LongWait, LongLease);
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 1));

        Assert.True(await holder!.ReleaseAsync());

        await using var granted = await waiting;
        Assert.True(granted.FencingToken > holder.FencingToken);
        Assert.True(granted.IsHeld);
        await Eventually.HoldsAsync(async () => (await Fixture.LookAsync("a"))!.Stage == LockStage.Held);
    }

    [Fact]
    public async Task Wait_TimesOut_AndLeavesNoWaiter()
    {
        await using var holder = await Fixture.NewClient().TryAcquireAsync("a", LongLease);

        var exception = await Assert.ThrowsAsync<LockTimeoutException>(
            () => Fixture.NewClient().AcquireAsync("a", TimeSpan.FromMilliseconds(200)));

        Assert.Contains("'a'", exception.Message, StringComparison.Ordinal);
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 0));
        Assert.True(holder!.IsHeld);
    }

    [Fact]
    public async Task TwentyWaiters_AreGrantedInTheOrderInWhichTheyCame()
    {
        var holder = await Fixture.NewClient().TryAcquireAsync("a", LongLease);
        var order = new List<int>();
        var waiters = new List<Task>();
        ILockClient[] clients = [Fixture.NewClient(), Fixture.NewClient(), Fixture.NewClient()];
        for (var i = 0; i < 20; i++)
        {
            waiters.Add(WaitAndRecordAsync(clients[i % clients.Length], i));
            await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", waiters.Count));
        }

        await holder!.ReleaseAsync();
        await Task.WhenAll(waiters);

        Assert.Equal(Enumerable.Range(0, 20), order);

        async Task WaitAndRecordAsync(ILockClient client, int number)
        {
            await using var handle = await client.AcquireAsync("a", LongWait, LongLease);
            lock (order)
                order.Add(number);
        }
    }

    [Fact]
    public async Task Contenders_NeverHoldTheLockTogether_AndAllGetTheirTurn()
    {
        const int contenders = 100;
        const int turns = 2;
        var inside = 0;
        var overlaps = 0;
        var fences = new List<long>();
        ILockClient[] clients = [Fixture.NewClient(), Fixture.NewClient()];

        await Task.WhenAll(Enumerable.Range(0, contenders).Select(async number =>
        {
            for (var turn = 0; turn < turns; turn++)
            {
                await using var handle = await clients[number % clients.Length].AcquireAsync("a", LongWait, LongLease);
                if (Interlocked.Increment(ref inside) != 1)
                    Interlocked.Increment(ref overlaps);
                await Task.Yield();
                lock (fences)
                    fences.Add(handle.FencingToken);
                Interlocked.Decrement(ref inside);
            }
        }));

        Assert.Equal(0, overlaps);
        Assert.Equal(contenders * turns, fences.Count);
        Assert.Equal(fences.Order(), fences);
        Assert.Equal(fences.Distinct(), fences);
    }

    [Fact]
    public async Task Lease_ThatEnds_FiresLostBeforeTheNextIsGranted()
    {
        var holder = await Fixture.NewClient().TryAcquireAsync("a", TimeSpan.FromSeconds(1));
        var lostFirst = false;
        var next = await Fixture.NewClient().AcquireAsync("a", LongWait, LongLease);
        lostFirst = holder!.Lost.IsCancellationRequested;

        Assert.True(lostFirst);
        Assert.False(holder.IsHeld);
        Assert.False(await holder.RenewAsync());
        Assert.False(await holder.ReleaseAsync());
        Assert.True(next.IsHeld);
        await next.ReleaseAsync();
    }

    [Fact]
    public async Task Renew_KeepsTheLock_AndAutomaticRenewalDoesSoByItself()
    {
        var lease = TimeSpan.FromSeconds(3);
        await using var renewed = await Fixture.NewClient().TryAcquireAsync("a", new LockOptions { Lease = lease, AutoRenew = true });
        var first = (await Fixture.LookAsync("a"))!.Holder!.ExpiresAt;

        await Eventually.HoldsAsync(async () => (await Fixture.LookAsync("a"))!.Holder!.ExpiresAt > first + lease);

        Assert.True(renewed!.IsHeld);
        Assert.True(await renewed.RenewAsync(TimeSpan.FromMinutes(1)));
        Assert.Null(await Fixture.NewClient().TryAcquireAsync("a"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AWaiterOfAnotherClient_IsRefused_WhenItsSharedLeaseEnds(bool isRevoked)
    {
        await using var holder = await Fixture.NewClient().TryAcquireAsync("a", LongLease);
        var owner = Fixture.NewClient().Leases;
        var lease = await owner.GrantAsync(isRevoked ? LongLease : TimeSpan.FromSeconds(3));
        var ahead = Fixture.NewClient().AcquireAsync("a", LongWait, LongLease);
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 1));
        var start = TimeProvider.System.GetTimestamp();
        var waiting = Fixture.NewClient().Locks.AcquireAsync("a", lease.Id, LongWait);

        if (isRevoked)
        {
            await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 2));
            Assert.True(await owner.RevokeAsync(lease.Id));
        }

        var refusal = await Assert.ThrowsAsync<LockRefusedException>(() => waiting.Within());
        Assert.Equal(DenyReasons.LeaseNotFound, refusal.Reason);
        Assert.True(TimeProvider.System.GetElapsedTime(start) < LongWait);
        Assert.True(holder!.IsHeld);
        Assert.False(ahead.IsCompleted);
        await holder.ReleaseAsync();
        await (await ahead.Within()).ReleaseAsync();
    }

    [Fact]
    public async Task Cancel_OfAWaiter_TakesItOutOfTheQueue_AndTheNextIsGranted()
    {
        var holder = await Fixture.NewClient().TryAcquireAsync("a", LongLease);
        using var giveUp = new CancellationTokenSource();
        var cancelled = Fixture.NewClient().AcquireAsync("a", LongWait, LongLease, giveUp.Token);
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 1));
        var patient = Fixture.NewClient().AcquireAsync("a", LongWait, LongLease);
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 2));

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await Eventually.HoldsAsync(() => QueueLengthIsAsync("a", 1));
        await holder!.ReleaseAsync();

        await using var granted = await patient;
        Assert.True(granted.IsHeld);
    }

    [Fact]
    public async Task Cancel_AtAnyMoment_LeavesNoGhost()
    {
        var client = Fixture.NewClient();
        await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            using var giveUp = new CancellationTokenSource(TimeSpan.FromMilliseconds(i * 3));
            try
            {
                await using var handle = await client.AcquireAsync("a", LongWait, LongLease, giveUp.Token);
                await Task.Yield();
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }
        }));

        await Eventually.HoldsAsync(async () => await Fixture.LookAsync("a") is null or { Holder: null, Waiters.Count: 0 });
    }

    [Fact]
    public async Task RunAsync_RunsOnlyOneOfTwo_AndReleasesAfterwards()
    {
        var client = Fixture.NewClient();
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        var first = client.RunAsync("a", async _ =>
        {
            entered.SetResult();
            await leave.Task;
        });
        await entered.Task;

        Assert.False(await Fixture.NewClient().RunAsync("a", _ => throw new InvalidOperationException("must not run")));
        leave.SetResult();

        Assert.True(await first);
        Assert.True(await client.RunAsync("a", _ => Task.CompletedTask));
    }

    [Fact]
    public async Task ARepeatedAcquire_GetsTheSameAnswer()
    {
        var request = new AcquireLock("a", Guid.CreateVersion7(), "me", LongLease);

        var first = Assert.IsType<LockAcquired>(await AcquireAsync(request));
        var second = Assert.IsType<LockAcquired>(await AcquireAsync(request));

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task AnAcquire_ThatArrivesAfterItsRelease_GrantsNothing()
    {
        var request = new AcquireLock("a", Guid.CreateVersion7(), "me", LongLease);
        var granted = Assert.IsType<LockAcquired>(await AcquireAsync(request));
        Assert.IsType<LockReleased>(await ReleaseAsync("a", granted.OwnerToken));

        var late = Assert.IsType<LockDenied>(await AcquireAsync(request));

        Assert.Equal(DenyReasons.Ended, late.Reason);
        Assert.Null((await Fixture.LookAsync("a"))!.Holder);
    }

    [Fact]
    public async Task AnAcquire_ThatArrivesAfterItsCancel_GrantsNothing()
    {
        var request = new AcquireLock("a", Guid.CreateVersion7(), "me", LongLease);
        await Fixture.SendAsync(new CancelAcquire("a", request.AcquireId));
        await Eventually.HoldsAsync(async () => await Fixture.LookAsync("a") is not null);

        var late = Assert.IsType<LockDenied>(await AcquireAsync(request));

        Assert.Equal(DenyReasons.Ended, late.Reason);
        Assert.Null((await Fixture.LookAsync("a"))!.Holder);
    }

    [Fact]
    public async Task ADeniedAcquire_ThatArrivesAgainOnAFreeLock_GrantsNothing()
    {
        var holder = Assert.IsType<LockAcquired>(await AcquireAsync(new AcquireLock("a", Guid.CreateVersion7(), "them", LongLease)));
        var request = new AcquireLock("a", Guid.CreateVersion7(), "me", LongLease);
        var denied = Assert.IsType<LockDenied>(await AcquireAsync(request));
        Assert.Equal(DenyReasons.Busy, denied.Reason);
        Assert.Equal("them", denied.HolderOwner);
        Assert.InRange(denied.RetryAfter!.Value, TimeSpan.Zero, LongLease);
        await ReleaseAsync("a", holder.OwnerToken);

        Assert.Equal(DenyReasons.Busy, Assert.IsType<LockDenied>(await AcquireAsync(request)).Reason);
    }

    [Theory]
    [InlineData("a", "no-such-token")]
    [InlineData("never taken", "no-such-token")]
    public async Task Release_OfAnUnknownToken_IsNotHeld_AndChangesNothing(string key, string token)
    {
        await using var holder = await Fixture.NewClient().TryAcquireAsync("a", LongLease);
        var before = await Fixture.LookAsync("a");

        Assert.IsType<LockNotHeld>(await ReleaseAsync(key, token));
        Assert.IsType<LockLost>(await Fixture.AskAsync<RenewLock, LockRenewed, LockLost>(new RenewLock(key, token, LongLease)));

        Assert.Equal(before!.Holder, (await Fixture.LookAsync("a"))!.Holder);
        Assert.True(await holder!.RenewAsync());
    }

    [Fact]
    public async Task ARepeatedRelease_ThatNamesItsAttempt_GetsTheSameAnswer()
    {
        var attempt = Guid.CreateVersion7();
        var granted = Assert.IsType<LockAcquired>(await AcquireAsync(new AcquireLock("a", attempt, "first", LongLease)));
        var release = new ReleaseLock("a", granted.OwnerToken, AcquireId: attempt);
        Assert.Equal(granted.FencingToken, Assert.IsType<LockReleased>(await AskAsync()).FencingToken);
        var next = Assert.IsType<LockAcquired>(await AcquireAsync(new AcquireLock("a", Guid.CreateVersion7(), "second", LongLease)));

        Assert.IsType<LockReleased>(await AskAsync());

        Assert.Equal(next.FencingToken, (await Fixture.LookAsync("a"))!.Holder!.FencingToken);

        Task<object> AskAsync() => Fixture.AskAsync<ReleaseLock, LockReleased, LockNotHeld>(release);
    }

    [Fact]
    public async Task Release_OfAnOldToken_DoesNotTouchTheNextHolder()
    {
        var first = Assert.IsType<LockAcquired>(await AcquireAsync(new AcquireLock("a", Guid.CreateVersion7(), "first", LongLease)));
        await ReleaseAsync("a", first.OwnerToken);
        var second = Assert.IsType<LockAcquired>(await AcquireAsync(new AcquireLock("a", Guid.CreateVersion7(), "second", LongLease)));

        Assert.IsType<LockNotHeld>(await ReleaseAsync("a", first.OwnerToken));

        Assert.Equal(second.FencingToken, (await Fixture.LookAsync("a"))!.Holder!.FencingToken);
    }

    [Fact]
    public async Task AStaleLeaseExpired_ChangesNothing()
    {
        await using var holder = await Fixture.NewClient().TryAcquireAsync("a", LongLease);

        await Fixture.SendAsync(new LeaseExpired("a", holder!.FencingToken - 1));
        await Fixture.SendAsync(new LeaseExpired("a", holder.FencingToken));

        Assert.True(await holder.RenewAsync());
    }

    [Fact]
    public async Task AWaiterWhoDoesNotConfirm_LosesTheLockAfterTheWindow()
    {
        await using var fixture = await StartFixtureAsync(options =>
            options.Limits = options.Limits with { ConfirmationWindow = TimeSpan.FromSeconds(1) });
        var holder = await fixture.NewClient().TryAcquireAsync("a", LongLease);
        var silent = fixture.AskAsync<AcquireLock, LockAcquired, LockDenied>(
            new AcquireLock("a", Guid.CreateVersion7(), "silent", LongLease, LongWait));
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 1);
        var next = fixture.NewClient().AcquireAsync("a", LongWait, LongLease);
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 2);
        await holder!.ReleaseAsync();

        var grant = Assert.IsType<LockAcquired>(await silent);
        Assert.Equal(TimeSpan.FromSeconds(1), grant.Lease);

        await using var granted = await next;
        Assert.True(granted.FencingToken > grant.FencingToken);
    }

    [Fact]
    public async Task WaitersOfADeadProcess_ThatAreGrantedTogether_ArePassedOverAfterOneWindow()
    {
        await using var fixture = await StartFixtureAsync(options =>
            options.Limits = options.Limits with { ConfirmationWindow = TimeSpan.FromSeconds(1) });
        var holder = await fixture.NewClient().TryAcquireAsync("a", LongLease);
        Guid[] dead = [Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7()];
        var coordinator = await fixture.Bus.GetSendEndpoint(new Uri($"exchange:{fixture.QueueName}"));
        foreach (var attempt in dead)
        {
            await coordinator.Send(
                new AcquireLock("a", attempt, "dead", LongLease, LongWait, ClientId: "dead", MayJoinCohort: true),
                send => (send.RequestId, send.ResponseAddress) = (attempt, fixture.Bus.Address));
        }

        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 3);
        var next = fixture.NewClient().AcquireAsync("a", LongWait, LongLease);
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 4);
        await holder!.ReleaseAsync();
        Assert.Equal(2, (await fixture.LookAsync("a"))!.Holder!.Cohort!.Items.Length);

        await using var granted = await next;
        var ended = (await fixture.LookAsync("a"))!.Ended;
        Assert.Single(dead.Select(attempt => ended.Find(attempt)!.At).Distinct());
    }

    [Fact]
    public async Task AWaiterWhoConfirms_KeepsTheLockForItsLease()
    {
        await using var fixture = await StartFixtureAsync(options =>
            options.Limits = options.Limits with { ConfirmationWindow = TimeSpan.FromSeconds(1) });
        var holder = await fixture.NewClient().TryAcquireAsync("a", LongLease);
        var attempt = new AcquireLock("a", Guid.CreateVersion7(), "me", LongLease, LongWait);
        var waiting = fixture.AskAsync<AcquireLock, LockAcquired, LockDenied>(attempt);
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 1);
        await holder!.ReleaseAsync();
        var grant = Assert.IsType<LockAcquired>(await waiting);

        await fixture.SendAsync(new ConfirmGrant("a", attempt.AcquireId, grant.FencingToken));

        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Stage == LockStage.Held);
        Assert.True((await fixture.LookAsync("a"))!.Holder!.ExpiresAt - (await fixture.LookAsync("a"))!.Holder!.GrantedAt >= LongLease);
    }

    [Fact]
    public async Task AWaiterWithoutTheClientLibrary_IsToldWhenItsTimeIsUp()
    {
        await using var holder = await Fixture.NewClient().TryAcquireAsync("a", LongLease);

        var answer = await AcquireAsync(new AcquireLock("a", Guid.CreateVersion7(), "me", LongLease, TimeSpan.FromMilliseconds(300)));

        Assert.Equal(DenyReasons.WaitTimedOut, Assert.IsType<LockDenied>(answer).Reason);
    }

    [Fact]
    public async Task TooManyWaiters_AreRefused()
    {
        await using var fixture = await StartFixtureAsync(options => options.Limits = options.Limits with { MaxWaiters = 1 });
        await using var holder = await fixture.NewClient().TryAcquireAsync("a", LongLease);
        using var giveUp = new CancellationTokenSource();
        var first = fixture.NewClient().AcquireAsync("a", LongWait, LongLease, giveUp.Token);
        await Eventually.HoldsAsync(async () => (await fixture.LookAsync("a"))!.Waiters.Count == 1);

        var exception = await Assert.ThrowsAsync<LockRefusedException>(() => fixture.NewClient().AcquireAsync("a", LongWait));

        Assert.Equal(DenyReasons.QueueFull, exception.Reason);
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
    }

    [Theory]
    [InlineData("", "me", 1_000, null, "Key")]
    [InlineData("a", "", 1_000, null, "Owner")]
    [InlineData("a", "me", 0, null, "Lease")]
    [InlineData("a", "me", -1, null, "Lease")]
    [InlineData("a", "me", 90_000_000, null, "Lease")]
    [InlineData("a", "me", 1_000, 0, "Wait")]
    [InlineData("a", "me", 1_000, -5, "Wait")]
    [InlineData("a", "me", 1_000, 90_000_000, "Wait")]
    public async Task InvalidInput_ThatGetsPastAClient_IsRefusedByTheCoordinator(string key, string owner, int leaseMs, int? waitMs, string field)
    {
        var answer = await AcquireAsync(new AcquireLock(
            key, Guid.CreateVersion7(), owner, TimeSpan.FromMilliseconds(leaseMs), waitMs is { } wait ? TimeSpan.FromMilliseconds(wait) : null));

        var denied = Assert.IsType<LockDenied>(answer);
        Assert.Equal(DenyReasons.Invalid, denied.Reason);
        Assert.StartsWith(field, denied.Detail, StringComparison.Ordinal);
    }

    /// <summary>Makes and starts a fixture.</summary>
    protected abstract LockFixture NewFixture();

    private async Task<LockFixture> StartFixtureAsync(Action<LockCoordinatorOptions>? configure)
    {
        var fixture = NewFixture();
        await fixture.StartAsync(configure);
        return fixture;
    }

    private async Task<bool> QueueLengthIsAsync(string key, int expected) => (await Fixture.LookAsync(key))?.Waiters.Count == expected;

    private Task<object> AcquireAsync(AcquireLock request) => Fixture.AskAsync<AcquireLock, LockAcquired, LockDenied>(request);

    private Task<object> ReleaseAsync(string key, string token) =>
        Fixture.AskAsync<ReleaseLock, LockReleased, LockNotHeld>(new ReleaseLock(key, token));
}
