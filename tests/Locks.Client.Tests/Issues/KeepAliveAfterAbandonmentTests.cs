using System.Runtime.CompilerServices;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// A lease that was kept alive, then abandoned, and is kept alive again: the token of the first keep-alive stopped the renewal of the second.
/// </summary>
public sealed class KeepAliveAfterAbandonmentTests
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);

    private readonly FakeCoordinator _coordinator = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheTokenOfAnAbandonedKeepAlive_DoesNotStopALaterOne()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        using var first = new CancellationTokenSource();
        var (id, abandoned) = await KeepAliveAndForgetAsync(fixture, first.Token);
        await Eventually.HoldsAsync(() => IsCollected(abandoned) && fixture.AwaitsRenewal(Ttl));
        fixture.Time.Advance(Ttl / 3);
        await Eventually.HoldsAsync(
            () => fixture.Logs.Lines.Any(line => line.Contains("The application refers to lease", StringComparison.Ordinal)));
        var lease = await fixture.Client.Leases.KeepAliveAsync(id, Cancellation);
        await Eventually.HoldsAsync(() => fixture.AwaitsRenewal(Ttl));

        await first.CancelAsync();
        fixture.Time.Advance(Ttl / 3);

        await _coordinator.ReceivedAsync<RenewLease>(3);
        Assert.True(lease.IsAlive);
        GC.KeepAlive(lease);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(Guid Id, WeakReference Lease)> KeepAliveAndForgetAsync(LockFixture fixture, CancellationToken until)
    {
        var lease = await fixture.Client.Leases.GrantAsync(Ttl, Cancellation);
        await fixture.Client.Leases.KeepAliveAsync(lease.Id, until);
        return (lease.Id, new WeakReference(lease));
    }

    private static bool IsCollected(WeakReference lease)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return !lease.IsAlive;
    }
}
