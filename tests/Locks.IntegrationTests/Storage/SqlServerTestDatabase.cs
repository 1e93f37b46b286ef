using Locks.Coordinator.Storage;
using Microsoft.Data.SqlClient;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Locks.IntegrationTests.Storage;

/// <summary>A database of a test class's own on a SQL Server, if there is one: as the migration makes it, with READ_COMMITTED_SNAPSHOT.</summary>
public class SqlServerTestDatabase : IAsyncLifetime
{
    private readonly string _name = $"locks_{Guid.CreateVersion7():N}";
    private string? _connectionString;

    /// <summary>Whether readers read versions of rows, and so do not wait for writers.</summary>
    public virtual bool HasRowVersions => true;

    /// <summary>The store, or nothing where there is no server.</summary>
    public ServiceProvider? Services { get; private set; }

    /// <summary>Leads to the database; skips the test where there is no server.</summary>
    public string ConnectionString
    {
        get
        {
            Assert.SkipWhen(
                _connectionString is null,
                "LOCKS_TEST_SQLSERVER is not set: no statement was tried on a SQL Server. Set it to a connection string of a login that may create databases.");
            return _connectionString!;
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (TestServices.SqlServer is not { } server)
            return;

        _connectionString = new SqlConnectionStringBuilder(server) { InitialCatalog = _name }.ConnectionString;
        Services = StoreUnderTest.Provide(builder => builder.UseSqlServer(_connectionString));
        await Services.GetRequiredService<ILockSchema>().MigrateAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync($"ALTER DATABASE {_name} SET READ_COMMITTED_SNAPSHOT {(HasRowVersions ? "ON" : "OFF")} WITH ROLLBACK IMMEDIATE");
        SqlConnection.ClearAllPools();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Services is null)
            return;

        await Services.DisposeAsync();
        SqlConnection.ClearAllPools();
        await ExecuteAsync($"USE master; ALTER DATABASE {_name} SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE {_name};");
    }

    /// <summary>The store with nothing in it; skips the test where there is no server.</summary>
    internal async ValueTask<ILockStore> EmptyStoreAsync()
    {
        Assert.Equal(HasRowVersions, await ExecuteAsync("SELECT is_read_committed_snapshot_on FROM sys.databases WHERE database_id = DB_ID()"));
        await ExecuteAsync("TRUNCATE TABLE locks.locks; TRUNCATE TABLE locks.lock_waiters; TRUNCATE TABLE locks.leases;");
        return Services!.GetRequiredService<ILockStore>();
    }

    private async Task<object?> ExecuteAsync(string statement)
    {
        await using var connection = new SqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new SqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }
}

/// <summary>The same without row versions, as an administrator's own CREATE DATABASE makes it: readers wait for writers.</summary>
public sealed class SqlServerTestDatabaseWithoutRowVersions : SqlServerTestDatabase
{
    /// <inheritdoc/>
    public override bool HasRowVersions => false;
}
