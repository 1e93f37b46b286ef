using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Requests;

/// <summary>What goes over the wire, and when: copies, strays, cancellations and answers that never come.</summary>
public sealed class RequestTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(60);

    private readonly FakeCoordinator _coordinator = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NoAnswer_IsAnException_ThatNamesTheQueue()
    {
        await using var fixture = await LockFixture.StartAloneAsync(options => options.QueueName = "nobody");
        var trying = fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);

        // The copies go out at 0, 1, 3, 7 and 12 s.
        foreach (var pause in new[] { 1, 2, 4, 5, 3 })
        {
            await TimerSetAsync(fixture, TimeSpan.FromSeconds(pause));
            fixture.Time.Advance(TimeSpan.FromSeconds(pause));
        }

        var exception = await Assert.ThrowsAsync<LockUnavailableException>(() => trying.Within());
        Assert.Equal("No lock coordinator answered on 'nobody' within 00:00:15. Is one running on this broker?", exception.Message);
    }

    [Fact]
    public async Task ARequestWithoutAnAnswer_IsSentAgain_WithTheSameAcquireId_AtGrowingIntervals()
    {
        _coordinator.OnAcquire = acquire => _coordinator.All<AcquireLock>().Count() < 4 ? null : _coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var trying = fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);

        foreach (var (copies, pause) in new[] { (1, 1), (2, 2), (3, 4), (4, 5) })
        {
            await _coordinator.ReceivedAsync<AcquireLock>(copies);
            await TimerSetAsync(fixture, TimeSpan.FromSeconds(pause));
            fixture.Time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(copies, _coordinator.All<AcquireLock>().Count());
            fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await using var handle = await trying.Within();
        Assert.NotNull(handle);
        Assert.Single(_coordinator.All<AcquireLock>().Distinct());
        // Counted from before the first copy: 12 s of 30 s have passed.
        Assert.True(handle.IsHeld);
        fixture.Time.Advance(TimeSpan.FromSeconds(30 - 12 - 0.5));
        Assert.False(handle.IsHeld);
    }

    [Fact]
    public async Task AResendInterval_IsNotShortenedByTheLimitOfItsGrowth()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator, options =>
        {
            options.ResendAfter = TimeSpan.FromSeconds(20);
            options.RequestTimeout = TimeSpan.FromMinutes(2);
        });
        using var giveUp = new CancellationTokenSource();
        var trying = fixture.Client.TryAcquireAsync(LockFixture.Key, TimeSpan.FromMinutes(5), giveUp.Token);
        for (var copies = 1; copies <= 3; copies++)
        {
            await _coordinator.ReceivedAsync<AcquireLock>(copies);
            await TimerSetAsync(fixture, TimeSpan.FromSeconds(20));
            fixture.Time.Advance(TimeSpan.FromSeconds(20));
        }

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying);
    }

    [Fact]
    public async Task AGrantThatComesTwice_IsIgnored_WhileTheLockIsHeld()
    {
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var handle = (await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        var grant = new LockAcquired(LockFixture.Key, _coordinator.All<AcquireLock>().Single().AcquireId, "token 1", 1, Lease);

        await SendReplyAsync(fixture, grant, _coordinator.LastRequester!.Value.RequestId);
        // A stray that follows in the same queue is released, so the copy has been seen by then.
        await SendReplyAsync(fixture, grant with { OwnerToken = "stray" }, LockKey.ToId("unknown"));
        await _coordinator.ReceivedAsync<ReleaseLock>();

        Assert.Equal("stray", Assert.Single(_coordinator.All<ReleaseLock>()).OwnerToken);
        Assert.True(handle.IsHeld);
        Assert.True(await handle.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task AStrayGrant_IsReleased_WithoutWaitingForAnAnswer()
    {
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        await using var handle = await fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);

        await SendReplyAsync(fixture, new LockAcquired("other", LockKey.ToId("a"), "lost token", 7, Lease), LockKey.ToId("a"));
        await _coordinator.ReceivedAsync<ReleaseLock>();

        Assert.Equal(
            ("other", "lost token"), _coordinator.All<ReleaseLock>().Select(release => (release.Key, release.OwnerToken)).Single());
    }

    [Fact]
    public async Task ACancellationInTheQueue_CancelsTheAttempt()
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, Wait, Lease, giveUp.Token);
        await _coordinator.ReceivedAsync<AcquireLock>();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await _coordinator.ReceivedAsync<CancelAcquire>();
        Assert.Equal(_coordinator.All<AcquireLock>().First().AcquireId, _coordinator.All<CancelAcquire>().Single().AcquireId);
    }

    [Fact]
    public async Task AGrantThatCrossesACancellation_IsReleased()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, Wait, Lease, giveUp.Token);
        await _coordinator.ReceivedAsync<AcquireLock>();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await SendReplyAsync(
            fixture, _coordinator.Grant(_coordinator.All<AcquireLock>().First()), _coordinator.LastRequester!.Value.RequestId);
        await _coordinator.ReceivedAsync<ReleaseLock>();

        Assert.Single(_coordinator.All<CancelAcquire>());
        Assert.Equal("token 1", _coordinator.All<ReleaseLock>().Single().OwnerToken);
    }

    [Fact]
    public async Task ACallThatIsCancelledBeforehand_SendsNothing()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, new CancellationToken(canceled: true)));

        // Whatever was sent has arrived before the next request is answered.
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);
        await using var handle = await fixture.Client.TryAcquireAsync("other", Lease, Cancellation);
        Assert.Equal("other", _coordinator.All<AcquireLock>().Single().Key);
    }

    [Fact]
    public async Task AWaiterThatIsGrantedLate_ConfirmsFirst_AndCountsItsLeaseFromThere()
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, Wait, Lease, Cancellation);
        await TimerSetAsync(fixture, LockFixture.Heartbeat);
        fixture.Time.Advance(TimeSpan.FromSeconds(9));

        await SendReplyAsync(fixture, _coordinator.Grant(
            _coordinator.All<AcquireLock>().First(), TimeSpan.FromSeconds(10)), _coordinator.LastRequester!.Value.RequestId);
        await using var handle = await waiting.Within();

        Assert.Equal(("token 1", Lease), _coordinator.All<RenewLock>().Select(renew => (renew.OwnerToken, renew.Lease)).Single());
        fixture.Time.Advance(TimeSpan.FromSeconds(29.499));
        Assert.True(handle.IsHeld);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(handle.IsHeld);
    }

    [Fact]
    public async Task AGrantThatIsLostBeforeItIsConfirmed_IsANewAttempt()
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1);
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, Wait, Lease, Cancellation);
        await TimerSetAsync(fixture, LockFixture.Heartbeat);
        fixture.Time.Advance(TimeSpan.FromSeconds(9));
        var late = _coordinator.Grant(_coordinator.All<AcquireLock>().First(), TimeSpan.FromSeconds(10));
        _coordinator.OnAcquire = acquire => _coordinator.Grant(acquire);

        await SendReplyAsync(fixture, late, _coordinator.LastRequester!.Value.RequestId);
        await using var handle = await waiting.Within();

        Assert.Equal(2, handle.FencingToken);
        Assert.Equal(2, _coordinator.All<AcquireLock>().Select(acquire => acquire.AcquireId).Distinct().Count());
        await _coordinator.ReceivedAsync<CancelAcquire>();
        Assert.Equal(_coordinator.All<AcquireLock>().First().AcquireId, _coordinator.All<CancelAcquire>().Single().AcquireId);
    }

    [Fact]
    public async Task AWaiterThatIsNotGranted_TimesOut_AndLeavesTheQueue()
    {
        _coordinator.OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1);
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromSeconds(5), Lease, Cancellation);

        // The request is queued. Before that, its sending has a timer of 5 s, too.
        await TimerSetAsync(fixture, LockFixture.Heartbeat);
        await TimerSetAsync(fixture, TimeSpan.FromSeconds(5));
        fixture.Time.Advance(TimeSpan.FromSeconds(5));

        var exception = await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());
        Assert.Equal((LockFixture.Key, TimeSpan.FromSeconds(5)), (exception.Key, exception.Wait));
        await _coordinator.ReceivedAsync<CancelAcquire>();
    }

    [Fact]
    public async Task AWaitThatIsShorterThanTheAnswerTakes_IsSentAgain_AllTheSame()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var waiting = fixture.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMilliseconds(100), Lease, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();
        _coordinator.OnAcquire = acquire => new LockDenied(acquire.Key, acquire.AcquireId, DenyReasons.WaitTimedOut);

        await TimerSetAsync(fixture, TimeSpan.FromSeconds(1));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());
    }

    [Theory]
    [InlineData(DenyReasons.QueueFull, typeof(LockRefusedException))]
    [InlineData(DenyReasons.LeaseNotFound, typeof(LockRefusedException))]
    [InlineData(DenyReasons.Invalid, typeof(ArgumentException))]
    [InlineData(DenyReasons.WaitTimedOut, typeof(LockTimeoutException))]
    [InlineData("SomethingNewer", typeof(LockTimeoutException))]
    public async Task EveryRefusal_IsItsOwnException(string reason, Type exception)
    {
        _coordinator.OnAcquire = acquire => new LockDenied(acquire.Key, acquire.AcquireId, reason, Detail: "the detail");
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var refusal = await Assert.ThrowsAsync(exception, () => fixture.Client.AcquireAsync(LockFixture.Key, Wait, Lease, Cancellation));

        if (refusal is not LockTimeoutException)
            Assert.Contains("the detail", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACoordinatorThatFails_IsUnavailable_WithItsReason()
    {
        _coordinator.OnAcquire = _ => throw new InvalidOperationException("the store is away");
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var exception = await Assert.ThrowsAsync<LockUnavailableException>(
            () => fixture.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation));

        Assert.Equal("The coordinator failed to serve AcquireLock: the store is away", exception.Message);
    }

    [Theory]
    [InlineData("", 30, null, null, false, "Key is missing or empty; it must have 1 to 512 UTF-8 bytes")]
    [InlineData("a\0b", 30, null, null, false, "Key holds the character U+0000")]
    [InlineData("k", 0, null, null, true, "Lease is 00:00:00; it must be between 00:00:00.1000000 and 1.00:00:00")]
    [InlineData("k", 86_401, null, null, true, "Lease is 1.00:00:01; it must be between")]
    [InlineData("k", 30, -2, null, true, "Wait is -00:00:02; it must be between 00:00:00.0010000 and 1.00:00:00, or zero, or infinite")]
    [InlineData("k", 30, 86_401, null, true, "Wait is 1.00:00:01; it must be between")]
    [InlineData("k", 30, null, "", false, "Owner is missing or empty; it must have 1 to 256 UTF-8 bytes")]
    public async Task InvalidInput_IsRefused_BeforeAnythingIsSent(string key, int lease, int? wait, string? owner, bool isRange, string says)
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var options = new LockOptions { Lease = TimeSpan.FromSeconds(lease), Owner = owner };

        var refusal = await Assert.ThrowsAnyAsync<ArgumentException>(async () => _ = wait is { } seconds
            ? await fixture.Client.AcquireAsync(key, TimeSpan.FromSeconds(seconds), options, Cancellation)
            : await fixture.Client.TryAcquireAsync(key, options, Cancellation));

        Assert.Equal(isRange, refusal is ArgumentOutOfRangeException);
        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_coordinator.Received);
        Assert.Empty(fixture.Time.Timers);
    }

    [Fact]
    public async Task NoKey_IsRefused()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Client.TryAcquireAsync(null!, Lease, Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(() => fixture.Client.RunAsync("k", null!, cancellationToken: Cancellation));
    }

    private Task SendReplyAsync<T>(LockFixture fixture, T reply, Guid requestId)
        where T : class =>
        _coordinator.SendUnaskedAsync(fixture, reply, requestId);

    /// <summary>Waits until the client waits for this long.</summary>
    private static Task TimerSetAsync(
        LockFixture fixture, TimeSpan time) => Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(time), what: $"a timer of {time}");
}
