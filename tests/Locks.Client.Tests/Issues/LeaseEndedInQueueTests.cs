using Locks.Contracts;
using Locks.TestKit;
using Locks.Transport;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>A shared lease ended while a caller waited for a lock on it: it was told when its wait was over, as a timeout.</summary>
public sealed class LeaseEndedInQueueTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Wait = TimeSpan.FromMinutes(10);

    private readonly FakeCoordinator _coordinator = new()
    {
        OnAcquire = acquire => new LockQueued(acquire.Key, acquire.AcquireId, 1),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AWaiterOnALease_IsRefusedAtOnce_WhenTheLeaseIsRevokedHere()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var waiting = await WaitOnAsync(fixture, lease);

        await lease.DisposeAsync();

        await IsRefusedAsync(waiting);
    }

    [Fact]
    public async Task AWaiterOnALease_IsRefusedAtOnce_WhenTheCoordinatorEndsTheLease()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var granted = _coordinator.LastRequester!.Value;
        var waiting = await WaitOnAsync(fixture, lease);

        await ReplyRoute.To(granted.Address, fixture.Bus.Address).SendAsync(
            fixture.Sender, granted.RequestId, new LeaseEnded(lease.Id, LossReasons.Revoked, "admin"), Cancellation);

        await IsRefusedAsync(waiting);
    }

    [Fact]
    public async Task AWaiterOnALease_IsRefusedAtOnce_WhenTheLeaseIsOver()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        var waiting = await WaitOnAsync(fixture, lease);

        fixture.Time.Advance(Ttl);

        await IsRefusedAsync(waiting);
    }

    private async Task<Task> WaitOnAsync(LockFixture fixture, ILease lease)
    {
        var waiting = fixture.Client.Locks.AcquireAsync(LockFixture.Key, lease.Id, Wait, Cancellation);
        await _coordinator.ReceivedAsync<AcquireLock>();
        return waiting;
    }

    private async Task IsRefusedAsync(Task waiting)
    {
        var refusal = await Assert.ThrowsAsync<LockRefusedException>(() => waiting.Within());
        Assert.Equal(DenyReasons.LeaseNotFound, refusal.Reason);
        // Its place in the queue is given up.
        await _coordinator.ReceivedAsync<CancelAcquire>();
    }
}
