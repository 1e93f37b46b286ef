using Locks.Compliance;
using Locks.Contracts;
using Locks.Coordinator.Clocks;
using Locks.Coordinator.Storage;
using Locks.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Locks.Compliance.SampleLocks;

namespace Locks.IntegrationTests.Storage;

/// <summary>The coordinator's time is that of PostgreSQL. A commit of one lock by a time that is known does without it.</summary>
public sealed class PostgreSqlClockTests(ITestOutputHelper output) : StoreClockCompliance(output), IAsyncLifetime
{
    private string _database = null!;
    private ServiceProvider _services = null!;

    private ILockStore Store => _services.GetRequiredService<ILockStore>();

    private CoordinatorClock Clock => _services.GetRequiredService<CoordinatorClock>();

    public async ValueTask InitializeAsync()
    {
        _database = await MigratedDatabase.CreateAsync();
        _services = NewServices(Time);
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await MigratedDatabase.DropAsync(_database);
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
        Time.Stop();
        await Store.CommitAsync([Update(1, state)], Cancel);
        var (began, corrections) = (TimeProvider.System.GetTimestamp(), Clock.Corrections);
        await Eventually.HoldsAsync(() => TimeProvider.System.GetElapsedTime(began) > CoordinatorClock.MaxError * 3);

        Assert.Empty(await Store.CommitAsync([Update(2, state)], Cancel));

        Assert.Equal(corrections + 1, Clock.Corrections);
        Assert.Equal(3, Assert.Single(await Store.LoadAsync([LockKey.ToId(state.Key)], Cancel)).Version);
    }

    private protected override ServiceProvider NewServices(TimeProvider time) => StoreUnderTest.Provide(builder =>
    {
        builder.Services.AddSingleton(time);
        builder.UsePostgreSql(_database);
    });
}
