using Locks.Coordinator.Storage;
using Locks.IntegrationTests.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;
using static Locks.Compliance.SampleLocks;

namespace Locks.IntegrationTests.Issues;

/// <summary>
/// Npgsql prepares a statement automatically in the round trip of its first use. When PostgreSQL took the statement but refused that use
/// (a value, a right), Npgsql kept it as one that has no columns, and the next use on that connection that answered with a row threw
/// "Received unexpected backend message DataRow" (npgsql#6391). Found when ParallelWritersOfOneLock_LoseNoUpdate failed now and then.
/// </summary>
public sealed class FailedFirstUseTests : IAsyncLifetime
{
    private string _database = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await MigratedDatabase.CreateAsync();

    public async ValueTask DisposeAsync() => await MigratedDatabase.DropAsync(_database);

    [Fact]
    public async Task AfterACommitWithAValueThatIsRefused_CommitsStillSayWhatIsRefused()
    {
        await using var services = OneSession();
        var store = services.GetRequiredService<ILockStore>();
        var unwritable = Held();
        unwritable = unwritable with { Holder = unwritable.Holder! with { Owner = "nul\0" } };
        await Assert.ThrowsAsync<PostgresException>(() => store.CommitAsync([Insert(unwritable)], Cancel));

        var stale = Update(7, Held());

        Assert.Equal([stale.Id], await store.CommitAsync([stale], Cancel));
    }

    [Fact]
    public async Task AfterALoadWithoutTheRightTo_TheRightIsAllThatIsMissing()
    {
        await using var migrator = NpgsqlDataSource.Create(_database);
        await ExecuteAsync(migrator, "GRANT USAGE ON SCHEMA locks TO pg_monitor");
        await using var services = OneSession("Options=-c role=pg_monitor");
        var store = services.GetRequiredService<ILockStore>();
        await Assert.ThrowsAsync<LockStoreUnavailableException>(() => store.LoadAsync([Guid.CreateVersion7()], Cancel));

        await ExecuteAsync(migrator, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA locks TO pg_monitor");
        var insert = Insert(Held());
        await store.CommitAsync([insert], Cancel);

        Assert.Single(await store.LoadAsync([insert.Id], Cancel));
    }

    private static async Task ExecuteAsync(NpgsqlDataSource dataSource, string statement)
    {
        await using var command = dataSource.CreateCommand(statement);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    // So that the second use meets what the first one left.
    private ServiceProvider OneSession(string more = "") =>
        StoreUnderTest.Provide(builder => builder.UsePostgreSql($"{_database};Maximum Pool Size=1;{more}"));
}
