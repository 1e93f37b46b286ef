using Locks.Client;
using Locks.TestKit;
using Xunit;

namespace Locks.Compliance.ReferenceShapes;

/// <summary>"Locks" (reference 001): locks that are built on leases, and a job that must not be processed twice.</summary>
public abstract class Reference001Shape : ReferenceShape
{
    private static readonly TimeSpan LongWait = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task AJob_IsProcessedUnderItsLease_AndIsFreeOnceTheLeaseIsRevoked()
    {
        var client = Fixture.NewClient();

        var lease = await client.Leases.GrantAsync(TimeSpan.FromSeconds(10));

        var lockHandle = await client.Locks.AcquireAsync("lock:job:1", lease.Id);

        if (lockHandle.Acquired)
        {
            await client.PutAsync("job:1", "processing");

            // do work here

            await client.Leases.RevokeAsync(lease.Id);
        }

        Assert.Equal("processing", KeyValues.Of(client)["job:1"]);
        Assert.False(lockHandle.Handle!.IsHeld);
        await using var next = await Fixture.NewClient().TryAcquireAsync("lock:job:1");
        Assert.NotNull(next);
    }

    [Fact]
    public async Task AnotherWorker_FailsToAcquireIt_UntilItIsReleased()
    {
        var (one, other) = (Fixture.NewClient(), Fixture.NewClient());
        var lease = await one.Leases.GrantAsync(TimeSpan.FromMinutes(5));
        var otherLease = await other.Leases.GrantAsync(TimeSpan.FromMinutes(5));
        Assert.True((await one.Locks.AcquireAsync("lock:order:1001", lease.Id)).Acquired);

        Assert.False((await other.Locks.AcquireAsync("lock:order:1001", otherLease.Id)).Acquired);
        await one.Leases.RevokeAsync(lease.Id);
        Assert.True((await other.Locks.AcquireAsync("lock:order:1001", otherLease.Id)).Acquired);
    }

    [Fact]
    public async Task AWorkerThatNoLongerRenewsItsLease_LosesTheLockByItself()
    {
        var client = Fixture.NewClient();
        var lease = await client.Leases.GrantAsync(TimeSpan.FromSeconds(5));
        var lockHandle = await client.Locks.AcquireAsync("lock:job:1", lease.Id);
        Assert.True(lockHandle.Acquired);

        await using var next = await Fixture.NewClient().AcquireAsync("lock:job:1", LongWait);

        Assert.False(lockHandle.Handle!.IsHeld);
        Assert.Equal(LockLossReason.LeaseEnded, lockHandle.Handle.Loss!.Reason);
    }

    [Fact]
    public async Task ALongRunningWorker_RenewsItsLease_AndKeepsTheLock()
    {
        var client = Fixture.NewClient();
        var lease = await client.Leases.GrantAsync(TimeSpan.FromSeconds(10));
        var lockHandle = await client.Locks.AcquireAsync("lock:job:1", lease.Id);
        var granted = (await Fixture.LookAsync("lock:job:1"))!.Holder!;

        await Eventually.HoldsAsync(async () =>
        {
            Assert.True(await client.Leases.RenewAsync(lease.Id));
            return (await Fixture.LookAsync("lock:job:1"))!.Holder!.ExpiresAt > granted.ExpiresAt + TimeSpan.FromSeconds(1);
        });

        Assert.True(lockHandle.Handle!.IsHeld);
        Assert.Equal(1, (await client.Leases.TimeToLiveAsync(lease.Id))!.Locks);
    }
}
