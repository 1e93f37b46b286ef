using Locks.Contracts;
using Locks.Coordinator.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Locks.Coordinator.SqlServer;

/// <summary>The stored locks in SQL Server.</summary>
public sealed class SqlServerLocksDbContext : LocksDbContext
{
    // Text is compared by its code units, whatever the database's collation: keys that differ in case are two locks.
    private const string Ordinal = "Latin1_General_100_BIN2";

    // Microseconds, the precision of every time that the coordinator stores.
    private const int TimePrecision = 6;

    internal SqlServerLocksDbContext(DbContextOptions<SqlServerLocksDbContext> options)
        : base(options)
    {
    }

    internal static DbContextOptions<SqlServerLocksDbContext> Options(string connectionString, TimeSpan commandTimeout) =>
        new DbContextOptionsBuilder<SqlServerLocksDbContext>()
            .UseSqlServer(connectionString, server => server
                .MigrationsHistoryTable(MigrationsTable, Schema)
                .CommandTimeout((int)commandTimeout.TotalSeconds))
            .Options;

    /// <inheritdoc/>
    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<string>().UseCollation(Ordinal);
        configurationBuilder.Properties<DateTimeOffset>().HavePrecision(TimePrecision);
    }

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);

        // The limits count UTF-8 bytes, of which a text never has fewer than UTF-16 units.
        modelBuilder.Entity<LockRow>(row =>
        {
            row.Property(l => l.Key).HasMaxLength(LockLimits.MaxKeyBytes);
            row.Property(l => l.State).HasMaxLength(8).IsUnicode(false);
            row.Property(l => l.HolderOwner).HasMaxLength(LockLimits.MaxOwnerBytes);
            row.Property(Columns.HolderToken).HasMaxLength(LockLimits.MaxOwnerTokenBytes);
            row.Property(l => l.HolderClientId).HasMaxLength(LockLimits.MaxClientIdBytes);

            // For the sweeper, and for the purge: each holds only the rows that it may find.
            row.HasIndex(l => l.DueAt).HasDatabaseName("ix_locks_due_at").HasFilter("due_at IS NOT NULL");
            row.HasIndex(l => l.WrittenAt).HasDatabaseName("ix_locks_idle_since").HasFilter("state = 'Free'");

            // For what hangs on a lease: on a confirmed grant something is due only while somebody waits, so those come first in the index.
            row.HasIndex(l => new { l.HolderSharedLeaseId, l.DueAt }).HasDatabaseName("ix_locks_holder_shared_lease_id")
                .HasFilter("holder_shared_lease_id IS NOT NULL");
        });
        modelBuilder.Entity<LockWaiterRow>(row =>
        {
            row.Property(w => w.Owner).HasMaxLength(LockLimits.MaxOwnerBytes);
            row.Property(Columns.Token).HasMaxLength(LockLimits.MaxOwnerTokenBytes);
            row.Property(w => w.ClientId).HasMaxLength(LockLimits.MaxClientIdBytes);
        });
        modelBuilder.Entity<LeaseRow>(row =>
        {
            row.Property(l => l.State).HasMaxLength(8).IsUnicode(false);
            row.Property(l => l.Owner).HasMaxLength(LockLimits.MaxOwnerBytes);
            row.Property(l => l.ClientId).HasMaxLength(LockLimits.MaxClientIdBytes);
            row.Property(l => l.EndReason).HasMaxLength(32).IsUnicode(false);
            row.Property(l => l.EndedBy).HasMaxLength(LockLimits.MaxOwnerBytes);
        });
    }

    /// <summary>Lets dotnet-ef make migrations, for which no server is needed.</summary>
    internal sealed class Factory : IDesignTimeDbContextFactory<SqlServerLocksDbContext>
    {
        public SqlServerLocksDbContext CreateDbContext(string[] args) =>
            new(Options("Server=localhost;Database=locks", TimeSpan.FromSeconds(30)));
    }
}
