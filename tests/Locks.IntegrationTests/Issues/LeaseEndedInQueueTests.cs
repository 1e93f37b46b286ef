using Locks.Client;
using Locks.Contracts;
using Locks.IntegrationTests.Protocol;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// A caller in one process waited for locks on a shared lease that another process had been granted. When the lease ended, it was told by a
/// timeout, at the end of its wait.
/// </summary>
public sealed class LeaseEndedInQueueTests
{
    private const int Keys = 20;

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WaitersInAnotherProcess_AreRefusedAtOnce_WithTheReason(bool isRevoked)
    {
        await using var fixture = new RabbitMqLockFixture();
        await fixture.StartAsync();
        await fixture.StartCoordinatorAsync();
        var (owner, waiter) = (Leases(await fixture.StartServiceAsync(_ => { })), await fixture.StartServiceAsync(_ => { }));
        var keys = Enumerable.Range(0, Keys).Select(i => $"key {i}").ToList();
        var holders = await Task.WhenAll(keys.Select(key => fixture.NewClient().TryAcquireAsync(key, Long)));
        Assert.All(holders, Assert.NotNull);

        var lease = await owner.GrantAsync(isRevoked ? Long : TimeSpan.FromSeconds(5));
        var locks = waiter.Services.GetRequiredService<ILockClient>().Locks;
        var waiting = keys.ConvertAll(key => locks.AcquireAsync(key, lease.Id, Long));
        await Eventually.HoldsAsync(async () =>
            !isRevoked || (await fixture.Store.Leases.FindWaitedForAsync(lease.Id, Keys, CancellationToken.None)).Count == Keys);
        if (isRevoked)
            Assert.True(await owner.RevokeAsync(lease.Id));

        foreach (var task in waiting)
        {
            var refusal = await Assert.ThrowsAsync<LockRefusedException>(() => task.Within());
            Assert.Equal(DenyReasons.LeaseNotFound, refusal.Reason);
        }

        foreach (var key in keys)
            Assert.Equal(0, (await fixture.LookAsync(key))!.Waiters.Count);
    }

    private static ILeases Leases(IHost service) => service.Services.GetRequiredService<ILockClient>().Leases;
}
