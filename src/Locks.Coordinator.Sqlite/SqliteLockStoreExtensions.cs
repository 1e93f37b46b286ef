using Locks.Coordinator.Hosting;
using Locks.Coordinator.Sqlite;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets a coordinator store its locks in an SQLite file.</summary>
public static class SqliteLockStoreExtensions
{
    /// <summary>
    /// Stores the locks in an SQLite file, in place of any store that was chosen before, and adds the health check <c>locks-store</c> with the
    /// tag <c>ready</c>. This is the durable store for one process without a database server: what was granted is on the disk before the reply
    /// leaves (write-ahead log, <c>synchronous=FULL</c>), and survives a crash of the process or of the machine. One process can use the file
    /// at a time; another one, or another store of the same process, gets a <see cref="LockStoreUnavailableException"/> until the first one
    /// has ended. The store creates its folder, its file and its tables by itself (<see cref="SqliteLockStoreOptions.MigrateOnStart"/>);
    /// <see cref="IDbContextFactory{TContext}"/> of <see cref="LocksDbContext"/> reads them.
    /// </summary>
    /// <param name="builder">The coordinator.</param>
    /// <param name="path">
    /// The file, on a disk of this machine: SQLite's locks do not work on most network shares. Beside it appear files of the same name with
    /// <c>-wal</c>, <c>-shm</c> and <c>.lock</c> behind it.
    /// </param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The path is empty, or names no file (<c>:memory:</c>, <c>file:</c>).</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static LockCoordinatorBuilder UseSqlite(
        this LockCoordinatorBuilder builder, string path, Action<SqliteLockStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (path.StartsWith(':') || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"The path is '{path}'; it must be that of a file. Without a store, locks are in memory.", nameof(path));

        var options = new SqliteLockStoreOptions();
        configure?.Invoke(options);
        options.Validate();

        RelationalStore.Register<SqliteDatabase, SqliteLockStore, SqliteLockSchema>(
            builder.Services,
            _ => new SqliteDatabase(path, options),
            database => database.CreateContext());
        return builder;
    }
}
