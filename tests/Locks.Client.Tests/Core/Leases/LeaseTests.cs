using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Leases;

/// <summary>A shared lease: granted, renewed, kept alive, looked at, revoked and lost.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    private readonly FakeCoordinator _coordinator = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Grant_IsCountedFromBeforeItWasSent_LessTheMargin()
    {
        _coordinator.OnGrantLease = asked => _coordinator.All<GrantLease>().Any() ? new LeaseGranted(asked.LeaseId, asked.Ttl) : null;
        await using var world = await LockFixture.StartAsync(_coordinator, options => options.Owner = "me");
        var granting = world.Client.Leases.GrantAsync(Ttl, Cancellation);
        await _coordinator.ComesAsync<GrantLease>();
        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        world.Time.Advance(TimeSpan.FromSeconds(1));

        var lease = await granting.Within();

        var asked = Assert.Single(_coordinator.All<GrantLease>().Distinct());
        Assert.Equal((lease.Id, Ttl, "me"), (asked.LeaseId, asked.Ttl, asked.Owner));
        Assert.NotNull(asked.ClientId);
        Assert.Equal(Ttl, lease.Ttl);
        world.Time.Advance(TimeSpan.FromSeconds(28.499));
        Assert.True(lease.IsAlive);
        world.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(lease.IsAlive);
        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.Equal(new LockLoss(LockLossReason.Expired), lease.Loss);
    }

    [Fact]
    public async Task ACancelledGrant_IsRevoked()
    {
        _coordinator.OnGrantLease = _ => null;
        await using var world = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();
        var granting = world.Client.Leases.GrantAsync(Ttl, giveUp.Token);
        await _coordinator.ComesAsync<GrantLease>();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => granting.Within());
        await _coordinator.ComesAsync<RevokeLease>();
        Assert.Equal(_coordinator.All<GrantLease>().First().LeaseId, _coordinator.All<RevokeLease>().Single().LeaseId);
    }

    [Fact]
    public async Task Renew_ExtendsTheLease_AndAllWhoAskMeanwhileShareOneMessage()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        world.Time.Advance(TimeSpan.FromSeconds(20));
        var answer = new TaskCompletionSource();
        _coordinator.OnRenewLease = renew =>
        {
            answer.Task.Wait();
            return new LeaseRenewed(renew.LeaseId, renew.Ttl);
        };

        var renewals = Enumerable.Range(0, 100).Select(_ => world.Client.Leases.RenewAsync(lease.Id, Cancellation)).ToList();
        answer.SetResult();

        Assert.All(await Task.WhenAll(renewals).Within(), Assert.True);
        Assert.Equal((lease.Id, Ttl), _coordinator.All<RenewLease>().Select(renew => (renew.LeaseId, renew.Ttl)).Single());
        world.Time.Advance(TimeSpan.FromSeconds(29.499));
        Assert.True(lease.IsAlive);
        Assert.True(await world.Client.Leases.RenewAsync(lease.Id, Cancellation));
        Assert.Equal(2, _coordinator.All<RenewLease>().Count());
    }

    [Fact]
    public async Task Renew_OfALeaseThatIsGone_SaysNo_AndItIsLost()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        _coordinator.OnRenewLease = renew => new LeaseNotFound(renew.LeaseId);

        Assert.False(await world.Client.Leases.RenewAsync(lease.Id, Cancellation));

        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.Equal(new LockLoss(LockLossReason.Expired), lease.Loss);
    }

    [Fact]
    public async Task Renew_OfALeaseThatAnotherProcessWasGranted_AsksForItsTime()
    {
        var foreign = Guid.CreateVersion7();
        _coordinator.OnDescribeLease = describe => new LeaseDescribed(describe.LeaseId, TimeSpan.FromMinutes(7), Ttl, "them", 3);
        await using var world = await LockFixture.StartAsync(_coordinator);

        Assert.True(await world.Client.Leases.RenewAsync(foreign, Cancellation));
        Assert.True(await world.Client.Leases.RenewAsync(foreign, Cancellation));

        Assert.All(_coordinator.All<RenewLease>(), renew => Assert.Equal((foreign, TimeSpan.FromMinutes(7)), (renew.LeaseId, renew.Ttl)));
        Assert.Single(_coordinator.All<DescribeLease>());
    }

    [Fact]
    public async Task Renew_OfALeaseThatNeverWas_SaysNo()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);

        Assert.False(await world.Client.Leases.RenewAsync(Guid.CreateVersion7(), Cancellation));

        Assert.Empty(_coordinator.All<RenewLease>());
    }

    [Fact]
    public async Task KeepAlive_RenewsAtOnce_AndEveryThirdOfTheTime_UntilTheTokenFires()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        using var enough = new CancellationTokenSource();
        var granted = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        var lease = await world.Client.Leases.KeepAliveAsync(granted.Id, enough.Token);
        Assert.Same(granted, lease);
        for (var renewals = 1; renewals <= 5; renewals++)
        {
            await _coordinator.ComesAsync<RenewLease>(renewals);
            await Eventually.HoldsAsync(() => world.AwaitsRenewal(Ttl));
            world.Time.Advance(TimeSpan.FromSeconds(9.999));
            Assert.Equal(renewals, _coordinator.All<RenewLease>().Count());
            world.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await _coordinator.ComesAsync<RenewLease>(6);
        await Eventually.HoldsAsync(() => world.AwaitsRenewal(Ttl));
        await enough.CancelAsync();
        await Eventually.HoldsAsync(() => world.Time.Timers is [var only] && only == LockFixture.UntilRisk(Ttl));
        Assert.True(lease.IsAlive);
        world.Time.Advance(Ttl);

        Assert.False(lease.IsAlive);
        Assert.Equal(6, _coordinator.All<RenewLease>().Count());
    }

    [Fact]
    public async Task KeepAlive_GoesOnWhenARenewalGoesUnanswered_AndSaysSoInTheEnd()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        await world.Client.Leases.KeepAliveAsync(lease.Id, Cancellation);
        var asked = 0;
        _coordinator.OnRenewLease = _ =>
        {
            asked++;
            throw new InvalidOperationException("the store is away");
        };
        foreach (var failures in new[] { 1, 2 })
        {
            await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(10)));
            world.Time.Advance(TimeSpan.FromSeconds(10));
            await Eventually.HoldsAsync(() => asked == failures);
        }

        await Eventually.HoldsAsync(() => world.Time.Timers.Contains(TimeSpan.FromSeconds(10)));
        Assert.True(lease.IsAlive);
        world.Time.Advance(TimeSpan.FromSeconds(9.5));

        Assert.Equal(new LockLoss(LockLossReason.CoordinatorUnreachable), lease.Loss);
        Assert.Contains(world.Logs.Lines, line => line.Contains("The renewal of lease", StringComparison.Ordinal));
    }

    [Fact]
    public async Task KeepAlive_OfALeaseThatIsGone_IsAnException()
    {
        var foreign = Guid.CreateVersion7();
        await using var world = await LockFixture.StartAsync(_coordinator);

        var exception = await Assert.ThrowsAsync<LeaseNotFoundException>(() => world.Client.Leases.KeepAliveAsync(foreign, Cancellation));

        Assert.Equal(foreign, exception.LeaseId);
    }

    [Fact]
    public async Task TimeToLive_TellsWhatThereIsToKnow_OrThatThereIsNothing()
    {
        var known = Guid.CreateVersion7();
        _coordinator.OnDescribeLease = describe => describe.LeaseId == known
            ? new LeaseDescribed(known, Ttl, TimeSpan.FromSeconds(7), "them", 3)
            : new LeaseNotFound(describe.LeaseId);
        await using var world = await LockFixture.StartAsync(_coordinator);

        Assert.Equal(
            new LeaseTimeToLive(Ttl, TimeSpan.FromSeconds(7), "them", 3), await world.Client.Leases.TimeToLiveAsync(known, Cancellation));
        Assert.Null(await world.Client.Leases.TimeToLiveAsync(Guid.CreateVersion7(), Cancellation));
    }

    [Fact]
    public async Task Revoke_EndsTheLeaseHere_BeforeTheCoordinatorIsTold()
    {
        await using var world = await LockFixture.StartAsync(_coordinator, options => options.Owner = "me");
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        var wasOver = false;
        _coordinator.OnRevokeLease = revoke =>
        {
            wasOver = lease.Lost.IsCancellationRequested && !lease.IsAlive;
            return new LeaseRevoked(revoke.LeaseId);
        };

        Assert.True(await world.Client.Leases.RevokeAsync(lease.Id, Cancellation));
        await lease.DisposeAsync();

        Assert.True(wasOver);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "me"), lease.Loss);
        Assert.Equal((lease.Id, "me"), _coordinator.All<RevokeLease>().Select(revoke => (revoke.LeaseId, revoke.Owner)).Single());
        await Eventually.HoldsAsync(() => world.Time.Timers.Count == 0);
    }

    [Fact]
    public async Task Revoke_OfALeaseThatIsGone_SaysNo()
    {
        _coordinator.OnRevokeLease = revoke => new LeaseNotFound(revoke.LeaseId);
        await using var world = await LockFixture.StartAsync(_coordinator);

        Assert.False(await world.Client.Leases.RevokeAsync(Guid.CreateVersion7(), Cancellation));
    }

    [Fact]
    public async Task ADisposeWithoutAnAnswer_IsLogged_AndDoesNotThrow()
    {
        _coordinator.OnRevokeLease = _ => throw new InvalidOperationException("the store is away");
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);

        await lease.DisposeAsync();

        Assert.False(lease.IsAlive);
        Assert.Contains(world.Logs.Lines, line => line.Contains("The revocation of lease", StringComparison.Ordinal));
        await Assert.ThrowsAsync<LockUnavailableException>(() => world.Client.Leases.RevokeAsync(lease.Id, Cancellation));
    }

    [Theory]
    [InlineData(LossReasons.Revoked, LockLossReason.Revoked, "the operator")]
    [InlineData(LossReasons.Expired, LockLossReason.Expired, null)]
    public async Task ALeaseThatTheCoordinatorEnds_IsLostAtOnce(string word, LockLossReason reason, string? by)
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var lease = await world.Client.Leases.GrantAsync(Ttl, Cancellation);
        await world.Client.Leases.KeepAliveAsync(lease.Id, Cancellation);

        await _coordinator.SayAsync(world, new LeaseEnded(lease.Id, word, by));

        await Eventually.FiresAsync(lease.Lost);
        Assert.Equal(new LockLoss(reason, by), lease.Loss);
        await Eventually.HoldsAsync(() => world.Time.Timers.Count == 0);
        Assert.Single(_coordinator.All<RenewLease>());
    }

    [Fact]
    public async Task BadInput_IsRefused_BeforeAnythingIsSent()
    {
        await using var world = await LockFixture.StartAsync(_coordinator);
        var leases = world.Client.Leases;

        var ttl = await Assert.ThrowsAsync<ArgumentException>(() => leases.GrantAsync(TimeSpan.FromMilliseconds(99), Cancellation));
        Assert.Contains("Ttl is 00:00:00.0990000; it must be between 00:00:00.1000000 and 1.00:00:00", ttl.Message, StringComparison.Ordinal);
        foreach (var call in new Func<Task>[]
        {
            () => leases.RenewAsync(Guid.Empty, Cancellation), () => leases.KeepAliveAsync(Guid.Empty, Cancellation),
            () => leases.TimeToLiveAsync(Guid.Empty, Cancellation), () => leases.RevokeAsync(Guid.Empty, Cancellation),
            () => world.Client.Locks.AcquireAsync("a", Guid.Empty, Cancellation), () => world.Client.Locks.AcquireAsync("a", Guid.Empty, Ttl, Cancellation),
        })
        {
            var id = await Assert.ThrowsAsync<ArgumentException>(call);
            Assert.Contains("LeaseId is missing or empty; it must be the UUID of a lease", id.Message, StringComparison.Ordinal);
        }

        var known = Guid.CreateVersion7();
        await Assert.ThrowsAsync<ArgumentException>(() => world.Client.Locks.AcquireAsync("", known, Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => world.Client.Locks.AcquireAsync("a", known, TimeSpan.Zero, Cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leases.GrantAsync(Ttl, new CancellationToken(canceled: true)));
        Assert.Empty(_coordinator.Received);
    }
}
