using Locks.Compliance;
using Locks.Coordinator.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.IntegrationTests.Storage;

/// <summary>PostgreSQL databases of older versions, as pg_dump writes them.</summary>
public sealed class PinnedDatabaseTests : PinnedStoreCompliance
{
    protected override (string Folder, string Pattern) Files => ("tests/Locks.IntegrationTests/Pinned", "postgresql-*.sql");

    internal override async Task<(Action<LockCoordinatorBuilder> Use, Func<ValueTask> Drop)> RestoreAsync(string file)
    {
        var database = new PostgreSqlTestDatabase();
        await database.InitializeAsync();
        await database.ExecuteAsync(await File.ReadAllTextAsync(file));
        return (builder => builder.UsePostgreSql(database.ConnectionString), database.DisposeAsync);
    }
}
