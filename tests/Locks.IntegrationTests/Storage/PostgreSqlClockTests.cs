using Locks.Compliance;
using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Locks.Compliance.SampleLeases;
using static Locks.Compliance.SampleLocks;

namespace Locks.IntegrationTests.Storage;

/// <summary>The coordinator's time is that of PostgreSQL, whatever its machine's wall clock says; each kind of commit brings it along.</summary>
public sealed class PostgreSqlClockTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly WallClockAhead _time = new(TimeSpan.FromMinutes(30));
    private string _database = null!;
    private ServiceProvider _services = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private ILockStore Store => _services.GetRequiredService<ILockStore>();

    private CoordinatorClock Clock => _services.GetRequiredService<CoordinatorClock>();

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _services = NewServices();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await MigratedDatabase.DropAsync(_database);
    }

    [Fact]
    public async Task ACoordinatorsTime_IsTheDatabases_ToWithinWhatItSays()
    {
        for (var i = 0; i < 200; i++)
            await Store.CommitAsync([Insert(Held())], Cancel);

        var error = Clock.Error!.Value;
        var (before, there, after) = (Clock.Now, await StoreTime().ReadAsync(Cancel), Clock.Now);
        output.WriteLine($"known to within {error.TotalMilliseconds:0.000} ms; the wall clock is {Clock.WallClockOffset.TotalSeconds:0.000} s ahead");

        Assert.InRange(there, before - error, after + error);
        Assert.True(error < TimeSpan.FromMilliseconds(50), $"{error}");
        Assert.InRange(Clock.WallClockOffset, TimeSpan.FromSeconds(1_799), TimeSpan.FromSeconds(1_801));
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
        await Store.CommitAsync([Insert(state)], Cancel);
        await using var services = NewServices();

        var refused = await services.GetRequiredService<ILockStore>().CommitAsync([Insert(state), Insert(Held())], Cancel);

        Assert.Single(refused);
        Assert.NotNull(services.GetRequiredService<CoordinatorClock>().Error);
    }

    [Fact]
    public async Task ACommit_ByATimeThatIsKnown_IsCheckedForItsVersion()
    {
        var state = Held();
        await Store.CommitAsync([Insert(state)], Cancel);

        Assert.Empty(await Store.CommitAsync([Update(1, state)], Cancel));
        Assert.Single(await Store.CommitAsync([Update(1, state)], Cancel));
        Assert.Single(await Store.CommitAsync([Update(1, Held())], Cancel));
        Assert.Empty(await Store.CommitAsync([Update(2, state)], Cancel));
        Assert.Equal(0, Clock.Corrections);
    }

    [Fact]
    public async Task ASuspensionThatNoClockTells_IsFound_ByTheNextCommit()
    {
        var state = Held();
        await Store.CommitAsync([Insert(state)], Cancel);
        _time.Stop();
        await Store.CommitAsync([Update(1, state)], Cancel);
        var (began, corrections) = (TimeProvider.System.GetTimestamp(), Clock.Corrections);
        await Eventually.HoldsAsync(() => TimeProvider.System.GetElapsedTime(began) > CoordinatorClock.MaxError * 3);

        Assert.Empty(await Store.CommitAsync([Update(2, state)], Cancel));

        Assert.Equal(corrections + 1, Clock.Corrections);
        Assert.Equal(3, Assert.Single(await Store.LoadAsync([LockKey.ToId(state.Key)], Cancel)).Version);
    }

    private async Task TellsTheTimeAsync(Func<ILockStore, Task<IReadOnlySet<Guid>>> commit)
    {
        await using var services = NewServices();
        var clock = services.GetRequiredService<CoordinatorClock>();
        Assert.Null(clock.Error);

        Assert.Empty(await commit(services.GetRequiredService<ILockStore>()));

        Assert.NotNull(clock.Error);
    }

    private IStoreTime StoreTime() => _services.GetRequiredService<IStoreTime>();

    private ServiceProvider NewServices() => StoreUnderTest.Provide(builder =>
    {
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.UsePostgreSql(_database);
    });

    /// <summary>A machine whose wall clock is ahead, and which a hypervisor suspends together with all of its clocks.</summary>
    private sealed class WallClockAhead(TimeSpan by) : TimeProvider
    {
        private (DateTimeOffset Now, long Stamp)? _stopped;

        public void Stop() => _stopped = (GetUtcNow(), GetTimestamp());

        public override DateTimeOffset GetUtcNow() => _stopped?.Now ?? System.GetUtcNow() + by;

        public override long GetTimestamp() => _stopped?.Stamp ?? System.GetTimestamp();
    }
}
