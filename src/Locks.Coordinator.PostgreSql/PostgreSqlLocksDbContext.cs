using Locks.Storage.Relational;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Locks.Coordinator.PostgreSql;

/// <summary>The stored locks in PostgreSQL.</summary>
public sealed class PostgreSqlLocksDbContext : LocksDbContext
{
    private const int FillFactor = 50;
    private const int BehindTheOthers = 100, Last = 200;

    internal PostgreSqlLocksDbContext(DbContextOptions<PostgreSqlLocksDbContext> options)
        : base(options)
    {
    }

    internal static DbContextOptions<PostgreSqlLocksDbContext> Options(NpgsqlDataSource dataSource, TimeSpan commandTimeout) =>
        new DbContextOptionsBuilder<PostgreSqlLocksDbContext>()
            .UseNpgsql(dataSource, npgsql => npgsql
                .MigrationsHistoryTable(MigrationsTable, Schema)
                .CommandTimeout((int)commandTimeout.TotalSeconds))
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.MigrationsUserTransactionWarning))
            .Options;

    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.HasDefaultSchema(Schema);

        // Taking and freeing a lock changes no indexed column, as a rule, and finds room for the new row beside the old one: then
        // PostgreSQL writes no index at all. So the sweeper and the purge have columns of their own that follow due_at and written_at at a
        // distance (see PostgreSqlStatements); each index holds only the rows that they may find.
        modelBuilder.Entity<LockRow>(row =>
        {
            row.HasStorageParameter("fillfactor", FillFactor);

            // Lists have the same order everywhere, whatever the database's collation.
            row.Property(l => l.Key).UseCollation("C");
            row.Property<DateTimeOffset?>("DueFrom").HasColumnName("due_from").HasColumnOrder(BehindTheOthers);
            row.Property<DateTimeOffset?>("IdleFrom").HasColumnName("idle_from").HasColumnOrder(BehindTheOthers);

            // The longest column comes last: taking a lock does not change it, and PostgreSQL leaves the part of a row that is the same at the
            // end out of its log.
            row.Property(LockColumns.Ended.PropertyName).HasColumnOrder(Last);

            row.HasIndex("DueFrom").HasDatabaseName("ix_locks_due_from").HasFilter("due_from IS NOT NULL");
            row.HasIndex("IdleFrom").HasDatabaseName("ix_locks_idle_from").HasFilter("idle_from IS NOT NULL");

            // For the locks on a lease: of a confirmed grant something is due only while attempts wait, so those come first in the index.
            row.HasIndex(nameof(LockRow.HolderLeaseId), "DueFrom").HasDatabaseName("ix_locks_holder_lease_id")
                .HasFilter("holder_lease_id IS NOT NULL");
        });
    }

    /// <summary>Lets dotnet-ef generate migrations, for which it needs no server.</summary>
    internal sealed class Factory : IDesignTimeDbContextFactory<PostgreSqlLocksDbContext>
    {
        public PostgreSqlLocksDbContext CreateDbContext(string[] args) =>
            new(Options(NpgsqlDataSource.Create("Host=localhost;Database=locks"), TimeSpan.FromSeconds(30)));
    }
}
