using System.Collections.Concurrent;
using Locks.Contracts;
using Locks.TestKit;
using Xunit;

namespace Locks.Client.Tests.Issues;

/// <summary>
/// Many callers with short leases on a busy machine: nearly every grant was over when it arrived, and each of those was asked for again at
/// once, so that the load fed itself.
/// </summary>
public sealed class LateGrantTests
{
    private static readonly LockOptions Short = new() { Lease = TimeSpan.FromMilliseconds(100) };

    private readonly FakeCoordinator _coordinator = new();

    [Fact]
    public async Task TheTimeThatARequestWaitsInTheClient_IsNotTakenFromItsLease()
    {
        using var blocked = new ManualResetEventSlim();
        _coordinator.OnAcquire = acquire =>
        {
            if (acquire.Key == "blocks")
                blocked.Wait(TestContext.Current.CancellationToken);
            return _coordinator.Grant(acquire);
        };
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        // The second one leaves when the first batch is decided.
        var first = fixture.Client.TryAcquireAsync("blocks");
        await Eventually.HoldsAsync(() => _coordinator.LastRequester is not null);
        var second = fixture.Client.TryAcquireAsync("waits", Short);
        fixture.Time.Advance(TimeSpan.FromMilliseconds(500));
        blocked.Set();

        await using var held = await second.Within();
        Assert.True(held!.IsHeld);
        Assert.Single(_coordinator.All<AcquireLock>(), acquire => acquire.Key == "waits");
        await (await first.Within())!.ReleaseAsync();
    }

    [Fact]
    public async Task ARequestThatIsNotAnswered_IsAskedAnew_OnceItsLeaseIsOver()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);

        await Assert.ThrowsAsync<LockUnavailableException>(
            () => fixture.AsTimePassesAsync(fixture.Client.TryAcquireAsync(LockFixture.Key, Short), stepMs: 100));

        var attempts = _coordinator.All<AcquireLock>().Select(acquire => acquire.AcquireId).ToList();
        Assert.True(attempts.Count > 1);
        Assert.Equal(attempts.Distinct(), attempts);
        // Each is taken back before the next one is sent.
        var cancelled = _coordinator.All<CancelAcquire>().Select(cancel => cancel.AcquireId).ToHashSet();
        Assert.Superset(attempts.SkipLast(1).ToHashSet(), cancelled);
    }

    [Fact]
    public async Task GrantsThatAreLate_AreAskedForMoreAndMoreSeldom()
    {
        await using var fixture = await LockFixture.StartAsync(_coordinator);
        var moments = new ConcurrentQueue<DateTimeOffset>();
        _coordinator.OnAcquire = acquire =>
        {
            moments.Enqueue(fixture.Time.GetUtcNow());
            fixture.Time.Advance(TimeSpan.FromMilliseconds(90));
            return _coordinator.Grant(acquire);
        };

        await Assert.ThrowsAsync<LockUnavailableException>(
            () => fixture.AsTimePassesAsync(fixture.Client.TryAcquireAsync(LockFixture.Key, Short), stepMs: 100));

        // 15 s of 100 ms each, if every one followed at once.
        Assert.InRange(moments.Count, 4, 60);
        Assert.True(moments.Zip(moments.Skip(1), (one, next) => next - one).Max() > TimeSpan.FromSeconds(1));
    }
}
