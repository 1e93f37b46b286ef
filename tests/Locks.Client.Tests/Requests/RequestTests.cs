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
        await using var world = await LockFixture.StartAloneAsync(options => options.QueueName = "nobody");
        var trying = world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);

        // The copies go out at 0, 1, 3, 7 and 12 s.
        foreach (var pause in new[] { 1, 2, 4, 5, 3 })
        {
            await TimerSetAsync(world, TimeSpan.FromSeconds(pause));
            world.Time.Advance(TimeSpan.FromSeconds(pause));
        }

        var exception = await Assert.ThrowsAsync<LockUnavailableException>(() => trying.Within());
        Assert.Equal("No lock coordinator answered on 'nobody' within 00:00:15. Is one running on this broker?", exception.Message);
    }

    [Fact]
    public async Task ARequestWithoutAnAnswer_IsSentAgain_WithTheSameAcquireId_AtGrowingIntervals()
    {
        _coordinator.OnAcquire = asked => _coordinator.All<AcquireLock>().Count() < 4 ? null : _coordinator.Grant(asked);
        await using var world = await LockFixture.StartAsync(_coordinator);
        var trying = world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);

        foreach (var (copies, pause) in new[] { (1, 1), (2, 2), (3, 4), (4, 5) })
        {
            await _coordinator.ComesAsync<AcquireLock>(copies);
            await TimerSetAsync(world, TimeSpan.FromSeconds(pause));
            world.Time.Advance(TimeSpan.FromSeconds(pause) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(copies, _coordinator.All<AcquireLock>().Count());
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await using var handle = await trying.Within();
        Assert.NotNull(handle);
        Assert.Single(_coordinator.All<AcquireLock>().Distinct());
        // Counted from before the first copy: 12 s of 30 s have passed.
        Assert.True(handle.IsHeld);
        world.Time.Advance(TimeSpan.FromSeconds(30 - 12 - 0.5));
        Assert.False(handle.IsHeld);
    }

    [Fact]
    public async Task AResendInterval_IsNotShortenedByTheLimitOfItsGrowth()
    {
        await using var world = await LockFixture.StartAsync(_coordinator, options =>
        {
            options.ResendAfter = TimeSpan.FromSeconds(20);
            options.RequestTimeout = TimeSpan.FromMinutes(2);
        });
        using var giveUp = new CancellationTokenSource();
        var trying = world.Client.TryAcquireAsync(LockFixture.Key, Lease, giveUp.Token);
        for (var copies = 1; copies <= 3; copies++)
        {
            await _coordinator.ComesAsync<AcquireLock>(copies);
            await TimerSetAsync(world, TimeSpan.FromSeconds(20));
            world.Time.Advance(TimeSpan.FromSeconds(20));
        }

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying);
    }

    [Fact]
    public async Task AGrantThatComesTwice_IsIgnored_WhileTheLockIsHeld()
    {
        _coordinator.OnAcquire = asked => _coordinator.Grant(asked);
        await using var world = await LockFixture.StartAsync(_coordinator);
        var handle = (await world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation))!;
        var grant = new LockAcquired(LockFixture.Key, _coordinator.All<AcquireLock>().Single().AcquireId, "token 1", 1, Lease);

        await SendReplyAsync(world, grant, _coordinator.LastAsker!.Value.RequestId);
        // A stray that follows in the same queue is given back, so the copy has been seen by then.
        await SendReplyAsync(world, grant with { OwnerToken = "stray" }, LockKey.ToId("unknown"));
        await _coordinator.ComesAsync<ReleaseLock>();

        Assert.Equal("stray", Assert.Single(_coordinator.All<ReleaseLock>()).OwnerToken);
        Assert.True(handle.IsHeld);
        Assert.True(await handle.ReleaseAsync(Cancellation));
    }

    [Fact]
    public async Task AGrantThatNobodyAskedFor_IsGivenBack_WithoutWaitingForAnAnswer()
    {
        _coordinator.OnAcquire = asked => _coordinator.Grant(asked);
        await using var world = await LockFixture.StartAsync(_coordinator);
        await using var handle = await world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation);

        await SendReplyAsync(world, new LockAcquired("other", LockKey.ToId("a"), "lost token", 7, Lease), LockKey.ToId("a"));
        await _coordinator.ComesAsync<ReleaseLock>();

        Assert.Equal(("other", "lost token"), _coordinator.All<ReleaseLock>().Select(release => (release.Key, release.OwnerToken)).Single());
    }

    [Fact]
    public async Task ACancellationInLine_TakesTheAttemptBack()
    {
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 1);
        await using var world = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();
        var waiting = world.Client.AcquireAsync(LockFixture.Key, Wait, Lease, giveUp.Token);
        await _coordinator.ComesAsync<AcquireLock>();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await _coordinator.ComesAsync<CancelAcquire>();
        Assert.Equal(_coordinator.All<AcquireLock>().First().AcquireId, _coordinator.All<CancelAcquire>().Single().AcquireId);
    }

    [Fact]
    public async Task AGrantThatCrossesACancellation_IsGivenBack()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();
        var waiting = world.Client.AcquireAsync(LockFixture.Key, Wait, Lease, giveUp.Token);
        await _coordinator.ComesAsync<AcquireLock>();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        await SendReplyAsync(world, _coordinator.Grant(_coordinator.All<AcquireLock>().First()), _coordinator.LastAsker!.Value.RequestId);
        await _coordinator.ComesAsync<ReleaseLock>();

        Assert.Single(_coordinator.All<CancelAcquire>());
        Assert.Equal("token 1", _coordinator.All<ReleaseLock>().Single().OwnerToken);
    }

    [Fact]
    public async Task ACallThatIsCancelledBeforehand_SendsNothing()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => world.Client.TryAcquireAsync(LockFixture.Key, Lease, new CancellationToken(canceled: true)));

        // Whatever was sent has arrived before the next request is answered.
        _coordinator.OnAcquire = asked => _coordinator.Grant(asked);
        await using var handle = await world.Client.TryAcquireAsync("other", Lease, Cancellation);
        Assert.Equal("other", _coordinator.All<AcquireLock>().Single().Key);
    }

    [Fact]
    public async Task AWaiterWhoIsGrantedLate_ConfirmsFirst_AndCountsItsLeaseFromThere()
    {
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 1);
        await using var world = await LockFixture.StartAsync(_coordinator);
        var waiting = world.Client.AcquireAsync(LockFixture.Key, Wait, Lease, Cancellation);
        await TimerSetAsync(world, LockFixture.Heartbeat);
        world.Time.Advance(TimeSpan.FromSeconds(9));

        await SendReplyAsync(world, _coordinator.Grant(_coordinator.All<AcquireLock>().First(), TimeSpan.FromSeconds(10)), _coordinator.LastAsker!.Value.RequestId);
        await using var handle = await waiting.Within();

        Assert.Equal(("token 1", Lease), _coordinator.All<RenewLock>().Select(renew => (renew.OwnerToken, renew.Lease)).Single());
        world.Time.Advance(TimeSpan.FromSeconds(29.499));
        Assert.True(handle.IsHeld);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(handle.IsHeld);
    }

    [Fact]
    public async Task AGrantThatIsLostBeforeItIsConfirmed_IsANewAttempt()
    {
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 1);
        _coordinator.OnRenew = renew => new LockLost(renew.Key, LossReasons.NotHeld);
        await using var world = await LockFixture.StartAsync(_coordinator);
        var waiting = world.Client.AcquireAsync(LockFixture.Key, Wait, Lease, Cancellation);
        await TimerSetAsync(world, LockFixture.Heartbeat);
        world.Time.Advance(TimeSpan.FromSeconds(9));
        var late = _coordinator.Grant(_coordinator.All<AcquireLock>().First(), TimeSpan.FromSeconds(10));
        _coordinator.OnAcquire = asked => _coordinator.Grant(asked);

        await SendReplyAsync(world, late, _coordinator.LastAsker!.Value.RequestId);
        await using var handle = await waiting.Within();

        Assert.Equal(2, handle.FencingToken);
        Assert.Equal(2, _coordinator.All<AcquireLock>().Select(asked => asked.AcquireId).Distinct().Count());
        await _coordinator.ComesAsync<CancelAcquire>();
        Assert.Equal(_coordinator.All<AcquireLock>().First().AcquireId, _coordinator.All<CancelAcquire>().Single().AcquireId);
    }

    [Fact]
    public async Task AWaiterWhoseTurnDoesNotCome_TimesOut_AndLeavesTheLine()
    {
        _coordinator.OnAcquire = asked => new LockQueued(asked.Key, asked.AcquireId, 1);
        await using var world = await LockFixture.StartAsync(_coordinator);
        var waiting = world.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromSeconds(5), Lease, Cancellation);

        await TimerSetAsync(world, TimeSpan.FromSeconds(5));
        world.Time.Advance(TimeSpan.FromSeconds(5));

        var exception = await Assert.ThrowsAsync<LockTimeoutException>(() => waiting.Within());
        Assert.Equal((LockFixture.Key, TimeSpan.FromSeconds(5)), (exception.Key, exception.Wait));
        await _coordinator.ComesAsync<CancelAcquire>();
    }

    [Fact]
    public async Task AWaitThatIsShorterThanTheAnswerTakes_IsAskedForAgain_AllTheSame()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var waiting = world.Client.AcquireAsync(LockFixture.Key, TimeSpan.FromMilliseconds(100), Lease, Cancellation);
        await _coordinator.ComesAsync<AcquireLock>();
        _coordinator.OnAcquire = asked => new LockDenied(asked.Key, asked.AcquireId, DenyReasons.WaitTimedOut);

        await TimerSetAsync(world, TimeSpan.FromSeconds(1));
        world.Time.Advance(TimeSpan.FromSeconds(1));

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
        _coordinator.OnAcquire = asked => new LockDenied(asked.Key, asked.AcquireId, reason, Detail: "the detail");
        await using var world = await LockFixture.StartAsync(_coordinator);

        var refusal = await Assert.ThrowsAsync(exception, () => world.Client.AcquireAsync(LockFixture.Key, Wait, Lease, Cancellation));

        if (refusal is not LockTimeoutException)
            Assert.Contains("the detail", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACoordinatorThatFails_IsUnavailable_WithItsReason()
    {
        _coordinator.OnAcquire = _ => throw new InvalidOperationException("the store is away");
        await using var world = await LockFixture.StartAsync(_coordinator);

        var exception = await Assert.ThrowsAsync<LockUnavailableException>(() => world.Client.TryAcquireAsync(LockFixture.Key, Lease, Cancellation));

        Assert.Equal("The coordinator failed to serve AcquireLock: the store is away", exception.Message);
    }

    [Theory]
    [InlineData("", 30, null, null, "Key is missing or empty; it must have 1 to 512 UTF-8 bytes")]
    [InlineData("a\0b", 30, null, null, "Key holds the character U+0000")]
    [InlineData("k", 0, null, null, "Lease is 00:00:00; it must be between 00:00:00.1000000 and 1.00:00:00")]
    [InlineData("k", 86_401, null, null, "Lease is 1.00:00:01; it must be between")]
    [InlineData("k", 30, 0, null, "Wait is 00:00:00; it must be between 00:00:00.0010000 and 1.00:00:00")]
    [InlineData("k", 30, null, "", "Owner is missing or empty; it must have 1 to 256 UTF-8 bytes")]
    public async Task BadInput_IsRefused_BeforeAnythingIsSent(string key, int lease, int? wait, string? owner, string says)
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var how = new LockOptions { Lease = TimeSpan.FromSeconds(lease), Owner = owner };

        var refusal = await Assert.ThrowsAsync<ArgumentException>(async () => _ = wait is { } seconds
            ? await world.Client.AcquireAsync(key, TimeSpan.FromSeconds(seconds), how, Cancellation)
            : await world.Client.TryAcquireAsync(key, how, Cancellation));

        Assert.Contains(says, refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_coordinator.Received);
        Assert.Empty(world.Time.Timers);
    }

    [Fact]
    public async Task NoKey_IsRefused()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);

        await Assert.ThrowsAsync<ArgumentException>(() => world.Client.TryAcquireAsync(null!, Lease, Cancellation));
        await Assert.ThrowsAsync<ArgumentNullException>(() => world.Client.RunAsync("k", null!, cancellationToken: Cancellation));
    }

    private Task SendReplyAsync<T>(LockFixture world, T reply, Guid requestId)
        where T : class =>
        _coordinator.SayAsync(world, reply, requestId);

    /// <summary>Waits until the client waits for this long.</summary>
    private static Task TimerSetAsync(LockFixture world, TimeSpan time) => Eventually.HoldsAsync(() => world.Time.Timers.Contains(time), what: $"a timer of {time}");
}
