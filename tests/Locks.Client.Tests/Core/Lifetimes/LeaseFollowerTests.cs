using Locks.Client.Core;
using Locks.Client.Core.Leases;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Xunit;

namespace Locks.Client.Tests.Core.Lifetimes;

/// <summary>What lives on a shared lease: cheap, lost with it, and over by itself when it is given back or lost alone.</summary>
public sealed class LeaseFollowerTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);
    private static readonly LockLoss Revoked = new(LockLossReason.Revoked, "the operator");

    [Fact]
    public async Task TenThousand_HaveOneTimer_AndAreLostAtTheSameMoment()
    {
        await using var world = await LockWorld.StartAloneAsync();
        var (lease, timing) = NewLease(world);
        var followers = Enumerable.Range(0, 10_000).Select(_ => new LeaseFollower(lease, timing)).ToList();
        Assert.Single(world.Time.Timers);

        world.Time.Advance(TimeSpan.FromSeconds(29.499));
        Assert.All(followers, follower => Assert.True(follower.IsRunning));
        world.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.All(followers, follower => Assert.True(follower.Lost.IsCancellationRequested));
        Assert.All(followers, follower => Assert.Equal(new LockLoss(LockLossReason.LeaseEnded), follower.Loss));
    }

    [Fact]
    public async Task OneThatComesToALeaseThatIsOver_IsLost()
    {
        await using var world = await LockWorld.StartAloneAsync();
        var (lease, timing) = NewLease(world);
        lease.Countdown.Lose(Revoked);

        var follower = new LeaseFollower(lease, timing);

        Assert.Equal(new LockLoss(LockLossReason.LeaseEnded, "the operator"), follower.Loss);
        Assert.True(follower.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task OneThatIsLostAlone_OrGivenBack_DoesNotHearOfTheLeaseAnyMore()
    {
        await using var world = await LockWorld.StartAloneAsync();
        var (lease, timing) = NewLease(world);
        var told = new List<LockLoss>();
        var lost = new LeaseFollower(lease, timing, told.Add);
        var givenBack = new LeaseFollower(lease, timing, told.Add);

        lost.Lose(Revoked);
        givenBack.Stop();
        Assert.True(lease.Countdown.IsRunning);
        world.Time.Advance(Ttl);

        Assert.Equal([Revoked], told);
        Assert.Equal((Revoked, null), (lost.Loss, givenBack.Loss));
        Assert.False(givenBack.IsRunning);
        Assert.False(givenBack.Lost.IsCancellationRequested);
    }

    private static (SharedLease Lease, LeaseTiming Timing) NewLease(LockWorld world)
    {
        var client = (LockClient)world.Client;
        var lease = new SharedLease(client, Guid.CreateVersion7(), Ttl, client.Timing, _ => { });
        lease.Observe(Deadline.After(world.Time, Ttl));
        return (lease, client.Timing);
    }
}
