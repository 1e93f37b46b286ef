using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Locks.Compliance.SampleLeases;
using static Locks.Compliance.SampleLocks;

namespace Locks.Compliance;

/// <summary>
/// What a store must do that several coordinators share: their time is the store's, whatever their machines' wall clocks say, and each kind of
/// commit brings it along.
/// </summary>
/// <param name="output">Where the measured error is written.</param>
public abstract class StoreClockCompliance(ITestOutputHelper output)
{
    /// <summary>The running test's cancellation.</summary>
    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The clock of the coordinators' machines: half an hour ahead.</summary>
    private protected WallClockAhead Time { get; } = new(TimeSpan.FromMinutes(30));

    /// <summary>The services of a new coordinator over the test's database.</summary>
    /// <param name="time">The clock of its machine.</param>
    private protected abstract ServiceProvider NewServices(TimeProvider time);

    [Fact]
    public async Task ACoordinatorsTime_IsTheStores_ToWithinWhatItSays()
    {
        await using var services = NewServices(Time);
        var (store, clock) = (services.GetRequiredService<ILockStore>(), services.GetRequiredService<CoordinatorClock>());
        for (var i = 0; i < 200; i++)
            await store.CommitAsync([Insert(Held())], Cancel);

        var error = clock.Error!.Value;
        var (before, there, after) = (clock.Now, await services.GetRequiredService<IStoreTime>().ReadAsync(Cancel), clock.Now);
        output.WriteLine($"known to within {error.TotalMilliseconds:0.000} ms; the wall clock is {clock.WallClockOffset.TotalSeconds:0.000} s ahead");

        Assert.InRange(there, before - error, after + error);
        Assert.True(error < TimeSpan.FromMilliseconds(50), $"{error}");
        Assert.InRange(clock.WallClockOffset, TimeSpan.FromSeconds(1_799), TimeSpan.FromSeconds(1_801));
    }

    [Fact]
    public async Task EveryKindOfCommit_BringsTheTimeAlong()
    {
        var lease = Active();
        var (one, two, three) = (Held(), Held(), Held());
        var four = Held().On(lease);
        await TellsTheTimeAsync(store => store.Leases.CommitAsync([InsertLease(lease)], Cancel));
        await TellsTheTimeAsync(store => store.CommitAsync([Insert(one), Insert(two), Insert(three)], Cancel));
        await TellsTheTimeAsync(store => store.CommitAsync([Insert(four).AsGrant()], Cancel));
        await TellsTheTimeAsync(store => store.CommitAsync([Update(1, one)], Cancel));
        await TellsTheTimeAsync(store => store.CommitAsync([Update(2, one), Update(1, two)], Cancel));
        await TellsTheTimeAsync(store => store.CommitAsync([Update(3, one.WithWaiters(Waiter(1)), [Waiter(1)])], Cancel));
        await TellsTheTimeAsync(store =>
            store.CommitAsync([Update(2, two.WithWaiters(Waiter(1)), [Waiter(1)]), Update(1, three)], Cancel));
    }

    [Fact]
    public async Task ARefusedSet_BringsTheTimeAlong_AndIsRefused()
    {
        var state = Held();
        await using var before = NewServices(Time);
        await before.GetRequiredService<ILockStore>().CommitAsync([Insert(state)], Cancel);
        await using var services = NewServices(Time);

        var refused = await services.GetRequiredService<ILockStore>().CommitAsync([Insert(state), Insert(Held())], Cancel);

        Assert.Single(refused);
        Assert.NotNull(services.GetRequiredService<CoordinatorClock>().Error);
    }

    private async Task TellsTheTimeAsync(Func<ILockStore, Task<IReadOnlySet<Guid>>> commit)
    {
        await using var services = NewServices(Time);
        var clock = services.GetRequiredService<CoordinatorClock>();
        Assert.Null(clock.Error);

        Assert.Empty(await commit(services.GetRequiredService<ILockStore>()));

        Assert.NotNull(clock.Error);
    }

    /// <summary>A machine whose wall clock is ahead, and which a hypervisor suspends together with all of its clocks.</summary>
    private protected sealed class WallClockAhead(TimeSpan by) : TimeProvider
    {
        private (DateTimeOffset Now, long Stamp)? _stopped;

        public void Stop() => _stopped = (GetUtcNow(), GetTimestamp());

        public override DateTimeOffset GetUtcNow() => _stopped?.Now ?? System.GetUtcNow() + by;

        public override long GetTimestamp() => _stopped?.Stamp ?? System.GetTimestamp();
    }
}
