using Locks.Client.Core;
using Locks.Client.Core.Leases;
using Locks.Client.Core.Lifetimes;
using Locks.Client.Requests;
using Xunit;

namespace Locks.Client.Tests.Core.Lifetimes;

/// <summary>
/// A lifetime on a shared lease is cheap, is lost with the lease, and ends by itself when its lock is released or lost alone.
/// </summary>
public sealed class SharedLeaseLifetimeTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);
    private static readonly LockLoss Revoked = new(LockLossReason.Revoked, "the operator");

    [Fact]
    public async Task TenThousand_HaveOneTimer_AndAreLostAtTheSameMoment()
    {
        await using var fixture = await LockFixture.StartAloneAsync();
        var (lease, timing) = NewLease(fixture);
        var cohort = Enumerable.Range(0, 10_000).Select(_ => new SharedLeaseLifetime(lease, timing)).ToList();
        Assert.Single(fixture.Time.Timers);

        fixture.Time.Advance(TimeSpan.FromSeconds(29.499));
        Assert.All(cohort, member => Assert.True(member.IsRunning));
        fixture.Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.All(cohort, member => Assert.True(member.Lost.IsCancellationRequested));
        Assert.All(cohort, member => Assert.Equal(new LockLoss(LockLossReason.LeaseEnded), member.Loss));
    }

    [Fact]
    public async Task OneThatComesToALeaseThatIsOver_IsLost()
    {
        await using var fixture = await LockFixture.StartAloneAsync();
        var (lease, timing) = NewLease(fixture);
        lease.Clock.Lose(Revoked);

        var member = new SharedLeaseLifetime(lease, timing);

        Assert.Equal(new LockLoss(LockLossReason.LeaseEnded, "the operator"), member.Loss);
        Assert.True(member.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task OneThatIsLostAlone_OrReleased_IgnoresTheEndOfTheLease()
    {
        await using var fixture = await LockFixture.StartAloneAsync();
        var (lease, timing) = NewLease(fixture);
        var told = new List<LockLoss>();
        var lost = new SharedLeaseLifetime(lease, timing, told.Add);
        var released = new SharedLeaseLifetime(lease, timing, told.Add);

        lost.Lose(Revoked);
        released.Stop();
        Assert.True(lease.Clock.IsRunning);
        fixture.Time.Advance(Ttl);

        Assert.Equal([Revoked], told);
        Assert.Equal((Revoked, null), (lost.Loss, released.Loss));
        Assert.False(released.IsRunning);
        Assert.False(released.Lost.IsCancellationRequested);
    }

    private static (SharedLease Lease, LeaseTiming Timing) NewLease(LockFixture fixture)
    {
        var client = (LockClient)fixture.Client;
        var lease = new SharedLease(client, Guid.CreateVersion7(), Ttl, client.Timing, _ => { });
        lease.TryExtend(Deadline.After(fixture.Time, Ttl));
        return (lease, client.Timing);
    }
}
