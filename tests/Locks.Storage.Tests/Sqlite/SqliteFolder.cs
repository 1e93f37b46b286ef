using Locks.Coordinator.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Locks.Storage.Tests.Sqlite;

/// <summary>A folder with a database file, and the stores that a test opens on it. It is deleted with all that is in it.</summary>
internal sealed class SqliteFolder : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("locks-sqlite-").FullName;
    private readonly List<ServiceProvider> _stores = [];

    /// <summary>The file; it is not there until a store makes it.</summary>
    public string Path => System.IO.Path.Combine(_folder, "data", "locks.db");

    /// <summary>A store on the file, as an application gets it: from the container.</summary>
    public ServiceProvider Open(Action<SqliteLockStoreOptions>? configure = null)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddLockCoordinator().UseSqlite(Path, configure);
        var provider = services.BuildServiceProvider(validateScopes: true);
        _stores.Add(provider);
        return provider;
    }

    /// <summary>Puts other bytes into the file.</summary>
    public void Overwrite(Func<byte[], byte[]> change)
    {
        File.WriteAllBytes(Path, change(File.ReadAllBytes(Path)));
        File.Delete(Path + "-wal");
        File.Delete(Path + "-shm");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
