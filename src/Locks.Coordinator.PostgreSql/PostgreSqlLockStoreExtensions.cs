using Locks.Coordinator.Hosting;
using Locks.Coordinator.PostgreSql;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets a coordinator store its locks in PostgreSQL.</summary>
public static class PostgreSqlLockStoreExtensions
{
    /// <summary>
    /// Stores the locks in the schema <c>locks</c> of a PostgreSQL database (13 or later), in place of any store that was chosen before,
    /// and adds the health check <c>locks-store</c> with the tag <c>ready</c>. Only <see cref="ILockSchema.MigrateAsync"/> creates and
    /// changes the tables; <see cref="IDbContextFactory{TContext}"/> of <see cref="LocksDbContext"/> reads them.
    /// </summary>
    /// <param name="builder">The coordinator.</param>
    /// <param name="connectionString">
    /// An Npgsql connection string. It leads to the server, or to a pooler that pools sessions or transactions
    /// (<see cref="PostgreSqlLockStoreOptions.PoolMode"/>); a direct connection is the fastest.
    /// </param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The connection string is empty or malformed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static LockCoordinatorBuilder UsePostgreSql(
        this LockCoordinatorBuilder builder, string connectionString, Action<PostgreSqlLockStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);

        var options = new PostgreSqlLockStoreOptions();
        configure?.Invoke(options);
        options.Validate();
        _ = new Npgsql.NpgsqlConnectionStringBuilder(connectionString);

        RelationalStore.Register<PostgreSqlDatabase, PostgreSqlLockStore, PostgreSqlLockSchema>(
            builder.Services,
            provider => new PostgreSqlDatabase(connectionString, options, provider.GetRequiredService<ILogger<PostgreSqlDatabase>>()),
            database => database.CreateContext());
        return builder;
    }
}
