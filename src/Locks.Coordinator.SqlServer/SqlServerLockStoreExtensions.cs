using Locks.Coordinator.Hosting;
using Locks.Coordinator.SqlServer;
using Locks.Coordinator.Storage;
using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets a coordinator store its locks in SQL Server.</summary>
public static class SqlServerLockStoreExtensions
{
    /// <summary>
    /// Stores the locks in the schema <c>locks</c> of a SQL Server database (2016 or later with compatibility level 130 or higher, or Azure
    /// SQL), in place of any store that was chosen before, and adds the health check <c>locks-store</c> with the tag <c>ready</c>. Only
    /// <see cref="ILockSchema.MigrateAsync"/> creates and changes the tables; <see cref="IDbContextFactory{TContext}"/> of
    /// <see cref="LocksDbContext"/> reads them.
    /// </summary>
    /// <param name="builder">The coordinator.</param>
    /// <param name="connectionString">
    /// A Microsoft.Data.SqlClient connection string. SQL, integrated and Microsoft Entra sign-in work.
    /// </param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The same builder.</returns>
    /// <exception cref="ArgumentException">The connection string is empty or malformed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    /// <exception cref="InvalidOperationException">
    /// The program runs without cultures (<c>InvariantGlobalization</c>), and so Microsoft.Data.SqlClient would refuse every connection.
    /// </exception>
    public static LockCoordinatorBuilder UseSqlServer(
        this LockCoordinatorBuilder builder, string connectionString, Action<SqlServerLockStoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);

        RefuseInvariantGlobalization();

        var options = new SqlServerLockStoreOptions();
        configure?.Invoke(options);
        options.Validate();
        _ = new Data.SqlClient.SqlConnectionStringBuilder(connectionString);

        RelationalStore.Register<SqlServerDatabase, SqlServerLockStore, SqlServerLockSchema>(
            builder.Services,
            _ => new SqlServerDatabase(connectionString, options),
            database => database.CreateContext());
        return builder;
    }

    private static void RefuseInvariantGlobalization()
    {
        if ((AppContext.TryGetSwitch("System.Globalization.Invariant", out var invariant) && invariant)
            || Environment.GetEnvironmentVariable("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT") is "1" or "true" or "True" or "TRUE")
        {
            throw new InvalidOperationException(
                "SQL Server's client cannot run without cultures: set InvariantGlobalization to false in the program's project (and " +
                "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT, if it is set), and install ICU.");
        }
    }
}
