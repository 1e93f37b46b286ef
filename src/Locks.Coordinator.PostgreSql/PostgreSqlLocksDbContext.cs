using Locks.Coordinator.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>The stored locks in PostgreSQL.</summary>
public sealed class PostgreSqlLocksDbContext : LocksDbContext
{
    internal PostgreSqlLocksDbContext(DbContextOptions<PostgreSqlLocksDbContext> options)
        : base(options)
    {
    }

    internal static DbContextOptions<PostgreSqlLocksDbContext> Options(NpgsqlDataSource dataSource, TimeSpan commandTimeout) =>
        new DbContextOptionsBuilder<PostgreSqlLocksDbContext>()
            .UseNpgsql(dataSource, npgsql => npgsql
                .MigrationsHistoryTable(MigrationsTable, Schema)
                .CommandTimeout((int)commandTimeout.TotalSeconds))
            .Options;

    /// <summary>Lets dotnet-ef make migrations, for which no server is needed.</summary>
    internal sealed class Factory : IDesignTimeDbContextFactory<PostgreSqlLocksDbContext>
    {
        public PostgreSqlLocksDbContext CreateDbContext(string[] args) =>
            new(Options(NpgsqlDataSource.Create("Host=localhost;Database=locks"), TimeSpan.FromSeconds(30)));
    }
}
