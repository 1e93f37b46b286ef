using Locks.Coordinator.Domain;
using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Locks.Coordinator.Sqlite;

/// <summary>The stored locks in SQLite. Times are whole microseconds since the Unix epoch, so that they compare and sort as numbers.</summary>
public sealed class SqliteLocksDbContext : LocksDbContext
{
    internal SqliteLocksDbContext(DbContextOptions<SqliteLocksDbContext> options)
        : base(options)
    {
    }

    internal static DbContextOptions<SqliteLocksDbContext> Options(string connectionString, TimeSpan commandTimeout) =>
        new DbContextOptionsBuilder<SqliteLocksDbContext>()
            .UseSqlite(connectionString, sqlite => sqlite
                .MigrationsHistoryTable(MigrationsTable)
                .CommandTimeout((int)commandTimeout.TotalSeconds))
            .Options;

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<TimeConverter>();

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);

        modelBuilder.Entity<LockRow>(row =>
        {
            // For the sweeper, and for the purge: each holds only the rows that it may find.
            row.HasIndex(l => l.DueAt).HasDatabaseName("ix_locks_due_at").HasFilter("due_at IS NOT NULL");
            row.HasIndex(l => l.WrittenAt).HasDatabaseName("ix_locks_idle_since").HasFilter("state = 'Free'");

            // For the locks on a lease: of a confirmed grant something is due only while attempts wait, so those come first in the index.
            row.HasIndex(l => new { l.HolderLeaseId, l.DueAt }).HasDatabaseName("ix_locks_holder_lease_id")
                .HasFilter("holder_lease_id IS NOT NULL");
        });
    }

    /// <summary>Lets dotnet-ef generate migrations, for which it needs no file.</summary>
    internal sealed class Factory : IDesignTimeDbContextFactory<SqliteLocksDbContext>
    {
        public SqliteLocksDbContext CreateDbContext(string[] args) => new(Options("Data Source=locks.db", TimeSpan.FromSeconds(30)));
    }

    private sealed class TimeConverter() : ValueConverter<DateTimeOffset, long>(
        time => Micros.Of(time),
        micros => Micros.ToTime(micros));
}
