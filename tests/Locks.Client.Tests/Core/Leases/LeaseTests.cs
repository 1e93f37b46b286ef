using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Core.Leases;

/// <summary>A shared lease: granted, renewed, kept alive, described, revoked and lost.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    private readonly FakeCoordinator _coordinator = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Grant_IsCountedFromBeforeItWasSent_LessTheMargin()
    {
        _coordinator.OnGrantLease = acquire => _coordinator.All<GrantLease>().Any() ? new LeaseGranted(acquire.LeaseId, acquire.Ttl) : null;
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.Owner = "me");
        var granting = fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        await _coordinator.ReceivedAsync<GrantLease>();
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(1)));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));

        var lease = await granting.Within();

        var grant = Assert.Single(_coordinator.All<GrantLease>().Distinct());
        Assert.Equal((lease.Id, Ttl, "me"), (grant.LeaseId, grant.Ttl, grant.Owner));
        Assert.NotNull(grant.ClientId);
        Assert.Equal(Ttl, lease.Ttl);
        fixture.Time.Advance(TimeSpan.FromSeconds(28.499));
        Assert.True(lease.IsAlive);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.False(lease.IsAlive);
        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.Equal(new LockLoss(LockLossReason.Expired), lease.Loss);
    }

    [Fact]
    public async Task ACancelledGrant_IsRevoked()
    {
        _coordinator.OnGrantLease = _ => null;
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var giveUp = new CancellationTokenSource();
        var granting = fixture.Client.Leases.GrantAsync(Ttl, giveUp.Token);
        await _coordinator.ReceivedAsync<GrantLease>();

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => granting.Within());
        await _coordinator.ReceivedAsync<RevokeLease>();
        Assert.Equal(_coordinator.All<GrantLease>().First().LeaseId, _coordinator.All<RevokeLease>().Single().LeaseId);
    }

    [Fact]
    public async Task Renew_ExtendsTheLease_AndConcurrentCallersShareOneMessage()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        fixture.Time.Advance(TimeSpan.FromSeconds(20));
        var answer = new TaskCompletionSource();
        _coordinator.OnRenewLease = renew =>
        {
            answer.Task.Wait();
            return new LeaseRenewed(renew.LeaseId, renew.Ttl);
        };

        var renewals = Enumerable.Range(0, 100).Select(_ => fixture.Client.Leases.RenewAsync(lease.Id, Cancellation)).ToList();
        answer.SetResult();

        Assert.All(await Task.WhenAll(renewals).Within(), Assert.True);
        Assert.Equal((lease.Id, Ttl), _coordinator.All<RenewLease>().Select(renew => (renew.LeaseId, renew.Ttl)).Single());
        fixture.Time.Advance(TimeSpan.FromSeconds(29.499));
        Assert.True(lease.IsAlive);
        Assert.True(await fixture.Client.Leases.RenewAsync(lease.Id, Cancellation));
        Assert.Equal(2, _coordinator.All<RenewLease>().Count());
    }

    [Fact]
    public async Task Renew_OfALeaseThatIsGone_SaysNo_AndItIsLost()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        _coordinator.OnRenewLease = renew => new LeaseNotFound(renew.LeaseId);

        Assert.False(await fixture.Client.Leases.RenewAsync(lease.Id, Cancellation));

        Assert.True(lease.Lost.IsCancellationRequested);
        Assert.Equal(new LockLoss(LockLossReason.Expired), lease.Loss);
    }

    [Fact]
    public async Task Renew_OfALeaseThatAnotherProcessWasGranted_AsksForItsTime()
    {
        var foreign = Guid.CreateVersion7();
        _coordinator.OnDescribeLease = describe => new LeaseDescribed(describe.LeaseId, TimeSpan.FromMinutes(7), Ttl, "them", 3);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        Assert.True(await fixture.Client.Leases.RenewAsync(foreign, Cancellation));
        Assert.True(await fixture.Client.Leases.RenewAsync(foreign, Cancellation));

        Assert.All(_coordinator.All<RenewLease>(), renew => Assert.Equal((foreign, TimeSpan.FromMinutes(7)), (renew.LeaseId, renew.Ttl)));
        Assert.Single(_coordinator.All<DescribeLease>());
    }

    [Fact]
    public async Task Renew_OfALeaseThatNeverWas_SaysNo()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        Assert.False(await fixture.Client.Leases.RenewAsync(Guid.CreateVersion7(), Cancellation));

        Assert.Empty(_coordinator.All<RenewLease>());
    }

    [Fact]
    public async Task KeepAlive_RenewsAtOnce_AndEveryThirdOfTheTime_UntilTheTokenFires()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var enough = new CancellationTokenSource();
        var granted = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var lease = await fixture.Client.Leases.KeepAliveAsync(granted.Id, enough.Token);
        Assert.Same(granted, lease);
        for (var renewals = 1; renewals <= 5; renewals++)
        {
            await _coordinator.ReceivedAsync<RenewLease>(renewals);
            await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Ttl));
            fixture.Time.Advance(TimeSpan.FromSeconds(9.999));
            Assert.Equal(renewals, _coordinator.All<RenewLease>().Count());
            fixture.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await _coordinator.ReceivedAsync<RenewLease>(6);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Ttl));
        await enough.CancelAsync();
        await Eventually.HoldsAsync(() => fixture.Time.Timers is [var only] && only == LockFixture.TimeUntilAtRisk(Ttl));
        Assert.True(lease.IsAlive);
        fixture.Time.Advance(Ttl);

        Assert.False(lease.IsAlive);
        Assert.Equal(6, _coordinator.All<RenewLease>().Count());
    }

    [Fact]
    public async Task KeepAlive_GoesOnWhenARenewalIsUnanswered_AndReportsTheLossInTheEnd()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        await fixture.Client.Leases.KeepAliveAsync(lease.Id, Cancellation);
        var failedRenewals = 0;
        _coordinator.OnRenewLease = _ =>
        {
            failedRenewals++;
            throw new InvalidOperationException("the store is away");
        };
        foreach (var failures in new[] { 1, 2 })
        {
            await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(10)));
            fixture.Time.Advance(TimeSpan.FromSeconds(10));
            await Eventually.HoldsAsync(() => failedRenewals == failures);
        }

        await Eventually.HoldsAsync(() => fixture.Time.Timers.Contains(TimeSpan.FromSeconds(10)));
        Assert.True(lease.IsAlive);
        fixture.Time.Advance(TimeSpan.FromSeconds(9.5));

        Assert.Equal(new LockLoss(LockLossReason.CoordinatorUnreachable), lease.Loss);
        Assert.Contains(fixture.Logs.Lines, line => line.Contains("The renewal of lease", StringComparison.Ordinal));
    }

    [Fact]
    public async Task KeepAlive_OfALeaseThatIsGone_IsAnException()
    {
        var foreign = Guid.CreateVersion7();
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        var exception = await Assert.ThrowsAsync<LeaseNotFoundException>(() => fixture.Client.Leases.KeepAliveAsync(foreign, Cancellation));

        Assert.Equal(foreign, exception.LeaseId);
    }

    [Fact]
    public async Task TimeToLive_DescribesTheLease_OrReturnsNothing()
    {
        var known = Guid.CreateVersion7();
        _coordinator.OnDescribeLease = describe => describe.LeaseId == known
            ? new LeaseDescribed(known, Ttl, TimeSpan.FromSeconds(7), "them", 3)
            : new LeaseNotFound(describe.LeaseId);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        Assert.Equal(
            new LeaseTimeToLive(Ttl, TimeSpan.FromSeconds(7), "them", 3), await fixture.Client.Leases.TimeToLiveAsync(known, Cancellation));
        Assert.Null(await fixture.Client.Leases.TimeToLiveAsync(Guid.CreateVersion7(), Cancellation));
    }

    [Fact]
    public async Task Revoke_EndsTheLeaseHere_BeforeTheRequestIsSent()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator, options => options.Owner = "me");
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var wasOver = false;
        _coordinator.OnRevokeLease = revoke =>
        {
            wasOver = lease.Lost.IsCancellationRequested && !lease.IsAlive;
            return new LeaseRevoked(revoke.LeaseId);
        };

        Assert.True(await fixture.Client.Leases.RevokeAsync(lease.Id, Cancellation));
        await lease.DisposeAsync();

        Assert.True(wasOver);
        Assert.Equal(new LockLoss(LockLossReason.Revoked, "me"), lease.Loss);
        Assert.Equal((lease.Id, "me"), _coordinator.All<RevokeLease>().Select(revoke => (revoke.LeaseId, revoke.Owner)).Single());
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
    }

    [Fact]
    public async Task Revoke_OfALeaseThatIsGone_SaysNo()
    {
        _coordinator.OnRevokeLease = revoke => new LeaseNotFound(revoke.LeaseId);
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        Assert.False(await fixture.Client.Leases.RevokeAsync(Guid.CreateVersion7(), Cancellation));
    }

    [Fact]
    public async Task ADisposeWithoutAnAnswer_IsLogged_AndDoesNotThrow()
    {
        _coordinator.OnRevokeLease = _ => throw new InvalidOperationException("the store is away");
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);

        await lease.DisposeAsync();

        Assert.False(lease.IsAlive);
        Assert.Contains(fixture.Logs.Lines, line => line.Contains("The revocation of lease", StringComparison.Ordinal));
        await Assert.ThrowsAsync<LockUnavailableException>(() => fixture.Client.Leases.RevokeAsync(lease.Id, Cancellation));
    }

    [Theory]
    [InlineData(LossReasons.Revoked, LockLossReason.Revoked, "the operator")]
    [InlineData(LossReasons.Expired, LockLossReason.Expired, null)]
    public async Task ALeaseThatTheCoordinatorEnds_IsLostAtOnce(string word, LockLossReason reason, string? by)
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        await fixture.Client.Leases.KeepAliveAsync(lease.Id, Cancellation);

        await _coordinator.SendUnaskedAsync(fixture, new LeaseEnded(lease.Id, word, by));

        await Eventually.FiresAsync(lease.Lost);
        Assert.Equal(new LockLoss(reason, by), lease.Loss);
        await Eventually.HoldsAsync(() => fixture.Time.Timers.Count == 0);
        Assert.Single(_coordinator.All<RenewLease>());
    }

    [Fact]
    public async Task InvalidInput_IsRefused_BeforeAnythingIsSent()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var leases = fixture.Client.Leases;

        var ttl = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => leases.GrantAsync(TimeSpan.FromMilliseconds(99), Cancellation));
        Assert.Contains(
            "Ttl is 00:00:00.0990000; it must be between 00:00:00.1000000 and 1.00:00:00", ttl.Message, StringComparison.Ordinal);
        foreach (var call in new Func<Task>[]
        {
            () => leases.RenewAsync(Guid.Empty, Cancellation), () => leases.KeepAliveAsync(Guid.Empty, Cancellation),
            () => leases.TimeToLiveAsync(Guid.Empty, Cancellation), () => leases.RevokeAsync(Guid.Empty, Cancellation),
            () => fixture.Client.Locks.AcquireAsync(
                "a", Guid.Empty, Cancellation), () => fixture.Client.Locks.AcquireAsync("a", Guid.Empty, Ttl, Cancellation),
        })
        {
            var id = await Assert.ThrowsAsync<ArgumentException>(call);
            Assert.Contains("LeaseId is missing or empty; it must be the UUID of a lease", id.Message, StringComparison.Ordinal);
        }

        var known = Guid.CreateVersion7();
        await Assert.ThrowsAsync<ArgumentException>(() => fixture.Client.Locks.AcquireAsync("", known, Cancellation));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            () => fixture.Client.Locks.AcquireAsync("a", known, TimeSpan.FromSeconds(-2), Cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leases.GrantAsync(Ttl, new CancellationToken(canceled: true)));
        Assert.Empty(_coordinator.Received);
    }
}
